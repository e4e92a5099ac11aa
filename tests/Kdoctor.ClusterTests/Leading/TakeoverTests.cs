using Kdoctor.ClusterTests.Installed;
using Kdoctor.Core.Reports;
using Kdoctor.TestKit.Databases;
using Xunit;

namespace Kdoctor.ClusterTests.Leading;

/// <summary>Controllers that are killed in mid-round: the round ends with its report, nothing twice, nothing lost.</summary>
[Collection(InstalledTurns.Name)]
public sealed class TakeoverTests(InstalledCluster cluster)
{
    private const int Seconds = 10;
    private const int Rate = 10;
    private const string Host = "172.30.0.1";
    private const string Secret = "kdoctor-takeover";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(15);

    // Rounds in SQLite live as long as the pod: its container may die, and comes back to them.
    [Fact]
    public async Task A_round_whose_only_controller_is_killed_is_ended_by_the_restarted_one()
    {
        TestBed.Required();
        var (pod, node) = Assert.Single(await Controllers.RunningAsync(cluster));
        var container = await cluster.ContainerAsync(pod);

        var report = await MeshRuns.RunAsync(cluster.Kubectl, "restarted", Seconds, Rate, () => Controllers.KillAsync(node, container));

        Assert.NotEqual(container, await cluster.ContainerAsync(pod));
        await WholeAsync(report);
        await MeshRuns.HealedAsync(cluster.Kubectl, "restarted-healed");
    }

    [Fact]
    public async Task A_round_whose_leader_is_killed_is_ended_by_the_other_which_leads_within_fifteen_seconds()
    {
        TestBed.Required();
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        _ = cluster.Kubectl;
        await using var postgres = await PostgresServer.StartAsync(Host, 5433);
        var made = await cluster.Kubectl.RunAsync(
            "-n", InstalledCluster.Namespace, "create", "secret", "generic", Secret, $"--from-literal=connection={await postgres.NewDatabaseAsync()}");
        Assert.True(made.ExitCode == 0, made.All);
        await cluster.WhileAsync(["--replicas", "2", "--postgres-secret", Secret], KillTheLeaderAsync);
        await cluster.Kubectl.RunAsync("-n", InstalledCluster.Namespace, "delete", "secret", Secret, "--ignore-not-found");
    }

    private async Task KillTheLeaderAsync()
    {
        var controllers = await Waiting.UntilAsync("two controllers", () => Controllers.RunningAsync(cluster), seen => seen.Count == 2);
        var leader = await Waiting.UntilAsync("one of them leads", () => Controllers.HolderAsync(cluster), controllers.ContainsKey);
        var container = await cluster.ContainerAsync(leader);
        TimeSpan? took = null;

        var report = await MeshRuns.RunAsync(cluster.Kubectl, "takeover", Seconds, Rate, async () =>
        {
            // Killed before it is deleted: a pod that is only deleted may still give its lease up.
            var killed = Waiting.Clock.GetTimestamp();
            await Controllers.KillAsync(controllers[leader], container);
            await cluster.Kubectl.RunAsync("-n", InstalledCluster.Namespace, "delete", "pod", leader, "--grace-period=0", "--force");
            await Waiting.UntilAsync("another leads", () => Controllers.HolderAsync(cluster), holder => holder.Length > 0 && holder != leader);
            took = Waiting.Clock.GetElapsedTime(killed);
        });

        TestContext.Current.SendDiagnosticMessage($"another controller led {took!.Value.TotalSeconds:0.0} s after the kill");
        Assert.True(took < Bound, $"another controller led only {took} after the kill");
        await WholeAsync(report);
        await MeshRuns.HealedAsync(cluster.Kubectl, "takeover-healed");
    }

    private async Task WholeAsync(KdoctorReport report)
    {
        var agents = (await cluster.AgentsAsync()).Count;
        var round = Assert.Single(report.Report.History);
        Assert.True(round.Status == "succeed", $"{round}\n{string.Join('\n', report.Report.LatestRoundReport.Select(agent => $"{agent.PodName}: {agent.AgentState}: {agent.ReasonsForFailure}"))}");
        Assert.Equal((1, agents), (round.RoundNumber, round.ReportedAgents));
        Assert.Equal(agents, report.Report.LatestRoundReport.Count);
        Assert.Equal(agents, report.Report.LatestRoundReport.Select(agent => agent.PodName).Distinct(StringComparer.Ordinal).Count());
        var targets = report.Report.LatestRoundReport.SelectMany(agent => agent.Measurements!.RoundTaskDetail).ToList();
        Assert.All(targets, target => Assert.Equal(Seconds * Rate, target.RequestTargetMetrics.RequestCounts));
        var sent = targets.Sum(target => target.RequestTargetMetrics.RequestCounts);
        Assert.Equal(new RequestCounts(sent, sent, sent, 0, 0, 0, 0), round.Requests);

        // Whoever ran its part twice would report it once; those that were asked count for themselves.
        Assert.Equal(sent, await EchoCounts.OfAsync(cluster, report.Task.Name));
    }
}
