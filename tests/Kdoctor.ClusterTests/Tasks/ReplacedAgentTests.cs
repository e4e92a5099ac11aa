using Kdoctor.ClusterTests.Installed;
using Kdoctor.Core.Reports;
using Xunit;

namespace Kdoctor.ClusterTests.Tasks;

/// <summary>Agents that somebody replaces while a round runs: nobody's fault, and no proof of health.</summary>
[Collection(InstalledTurns.Name)]
public sealed class ReplacedAgentTests(InstalledCluster cluster)
{
    [Fact]
    public async Task A_rollout_in_mid_round_explains_what_it_costs_and_fails_nobody()
    {
        var before = (await cluster.AgentsAsync()).Values.ToHashSet();
        var report = await MeshRuns.RunAsync(cluster.Kubectl, "rollout", seconds: 40, qps: 5, () => KubectlAsync("rollout", "restart", "daemonset", "kdoctor-agent"));
        try
        {
            // At least the first pod has gone by then; whoever went is told of, with the time.
            Assert.True(report.Report.LatestRound!.Status == "unknown", report.Report.LatestRound.Summary);
            Assert.Empty(report.Report.LatestRound.FailedAgents);
            Assert.Contains(report.Report.Findings, finding => finding.Evidence.StartsWith("its pod was deleted at ", StringComparison.Ordinal));
            Assert.All(report.Report.Findings, finding => Assert.StartsWith("agent ", finding.Component, StringComparison.Ordinal));
            var after = (await cluster.AgentsAsync()).Values.ToHashSet();
            var targets = report.Report.LatestRoundReport.SelectMany(agent => agent.Measurements?.RoundTaskDetail ?? []).ToList();
            Assert.All(targets.Where(target => target.Verdict == "unknown" && target.RequestTargetMetrics.FailedCounts > 0), target => Assert.Contains("its pod was deleted at ", target.FailureReason, StringComparison.Ordinal));
            Assert.Contains(before, pod => !after.Contains(pod));
        }
        finally
        {
            await Waiting.UntilAsync(
                "the rollout is through",
                async () => (await cluster.Kubectl.RunAsync("-n", InstalledCluster.Namespace, "get", "daemonset", "kdoctor-agent", "-o", "jsonpath={.status.updatedNumberScheduled} {.status.desiredNumberScheduled}")).Output,
                status => status.Split(' ') is [{ Length: > 0 } updated, var desired] && updated == desired);
            await cluster.ReadyAsync();
        }
        await MeshRuns.HealedAsync(cluster.Kubectl, "rollout-healed");
    }

    [Fact]
    public async Task A_pod_that_is_deleted_at_once_is_silent_and_unknown_and_its_neighbours_results_are_whole()
    {
        var agents = await cluster.AgentsAsync();
        Assert.SkipWhen(agents.Count < 3, "this test needs three nodes");
        var (node, pod) = agents.First();
        var container = await cluster.ContainerAsync(pod);
        var report = await MeshRuns.RunAsync(cluster.Kubectl, "deleted", seconds: 10, qps: 10, () => KubectlAsync("delete", "pod", pod, "--grace-period=0", "--force"));

        Assert.True(report.Report.LatestRound!.Status == "unknown", report.Report.LatestRound.Summary);
        Assert.Contains("because its pod was deleted while the round ran", report.Report.LatestRound.Summary, StringComparison.Ordinal);
        Assert.Equal([pod], report.Report.LatestRound.SilentAgents);
        Assert.All(MeshRuns.Rates(report).Where(pair => pair.Key.From != node && pair.Key.To != node), pair => Assert.Equal(1, pair.Value));
        Assert.StartsWith($"agent {pod} on {node} went before its results arrived: its pod was deleted at ", Agent(report, pod).ReasonsForFailure, StringComparison.Ordinal);

        await cluster.ReadyAsync(container);
        await MeshRuns.HealedAsync(cluster.Kubectl, "deleted-healed");
    }

    private static AgentReport Agent(KdoctorReport report, string pod) => report.Report.LatestRoundReport.Single(agent => agent.PodName == pod);

    private async Task KubectlAsync(params string[] arguments)
    {
        var run = await cluster.Kubectl.RunAsync(["-n", InstalledCluster.Namespace, .. arguments]);
        Assert.True(run.ExitCode == 0, run.All);
    }
}
