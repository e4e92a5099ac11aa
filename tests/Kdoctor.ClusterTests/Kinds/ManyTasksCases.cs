using System.Globalization;
using Kdoctor.ClusterTests.Installed;
using Kdoctor.Core.Deployment;
using Kdoctor.Core.Reports;
using Kdoctor.TestKit.Tls;
using Xunit;

namespace Kdoctor.ClusterTests.Kinds;

/// <summary>Several tasks at once on the default agents, counted by the server that they ask too.</summary>
[Collection(InstalledTurns.Name)]
public sealed class ManyTasksCases(InstalledCluster cluster) : IAsyncLifetime
{
    private const int Seconds = 5;

    private readonly TestAuthority authority = new();
    private readonly string settings = Path.GetTempFileName();
    private readonly List<string> made = [];
    private ServedApplication? served;
    private bool changed;

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("KUBECONFIG") is not { Length: > 0 })
            return;
        served = new ServedApplication(cluster.Kubectl);
        await served.StartAsync(authority, authority);
        await cluster.ReadyAsync();
        await served.ReachedAsync((await cluster.AgentsAsync()).Values);
    }

    public async ValueTask DisposeAsync()
    {
        authority.Dispose();
        File.Delete(settings);
        if (served is null)
            return;
        foreach (var task in made)
            await cluster.Kubectl.RunAsync("delete", task, "--ignore-not-found");
        await served.RemoveAsync();
        if (changed)
            await cluster.InstallAsync();
        await cluster.ReadyAsync();
    }

    [Fact]
    public async Task E18_three_tasks_of_three_kinds_at_once_are_counted_exactly_and_so_is_the_load_of_all()
    {
        var agents = (await cluster.AgentsAsync()).Count;
        await ApplyAsync(
            Task("NetReach", "mesh", 10, "", "{}"),
            Task("AppHttpHealthy", "web", 20, "", $"{{method: GET, host: 'http://{served!.Address}/?task=web'}}"),
            Task("Netdns", "names", 30, ", domain: www.shop.test", $"{{targetUser: {{server: {served.Address}}}}}"));

        // Every pod, every node and the service.
        AssertCounts(await FinishedAsync("NetReach", "mesh"), agents, targets: (2 * agents) + 1, 10 * Seconds);
        AssertCounts(await FinishedAsync("AppHttpHealthy", "web"), agents, targets: 1, 20 * Seconds);
        AssertCounts(await FinishedAsync("Netdns", "names"), agents, targets: 1, 30 * Seconds);
        Assert.Equal(agents * 20 * Seconds, (int)(await served.RecordAsync("web"))["requestCount"]! - 1);
    }

    [Fact]
    public async Task S8_a_budget_that_two_rounds_would_pass_together_is_kept()
    {
        var agents = (await cluster.AgentsAsync()).Count;
        changed = true;
        await File.WriteAllTextAsync(settings, $"budgets: {{clusterMaxQPS: {30 * agents}}}\n", TestContext.Current.CancellationToken);
        await cluster.InstallAsync("--settings", settings);
        await cluster.ReadyAsync();
        await ApplyAsync(
            Task("AppHttpHealthy", "one", 20, "", $"{{method: GET, host: 'http://{served!.Address}/?task=one'}}"),
            Task("AppHttpHealthy", "two", 20, "", $"{{method: GET, host: 'http://{served.Address}/?task=two'}}"));
        var reports = new[] { await FinishedAsync("AppHttpHealthy", "one"), await FinishedAsync("AppHttpHealthy", "two") }.OrderBy(report => report.Report.LatestRound!.StartTimeStamp).ToList();

        Assert.All(reports, report => Assert.True(report.Report.LatestRound!.Status == "succeed", Told(report)));
        Assert.True(Metrics(reports[0]).Max(metrics => metrics.RequestEndTime) < Metrics(reports[1]).Min(metrics => metrics.RequestStartTime), "the second round began before the first one's load was over");
        Assert.Contains(reports[1].Report.Notes, note => note.StartsWith("this round waited ", StringComparison.Ordinal)
            && note.EndsWith($"{20 * agents} requests per second beside the {20 * agents} of other rounds, and {30 * agents} are allowed (budgets.clusterMaxQPS)", StringComparison.Ordinal));
        Assert.Equal(agents * 20 * Seconds, (int)(await served.RecordAsync("one"))["requestCount"]! - 1);
        Assert.Equal(agents * 20 * Seconds, (int)(await served.RecordAsync("two"))["requestCount"]! - 1);
    }

    [Fact]
    public async Task S5_a_round_with_a_Secret_and_a_body_ends_well_when_its_controller_is_killed_in_the_midst_of_it()
    {
        TestBed.Required();
        var agents = (await cluster.AgentsAsync()).Count;
        changed = true;
        await cluster.InstallAsync("--allow-secrets-in", ServedApplication.Namespace);
        await cluster.ReadyAsync();
        await ApplyAsync(Task(
            "AppHttpHealthy", "orphan", 10, "",
            $"{{method: POST, host: 'https://{served!.Address}/?task=orphan', tlsSecretName: client, tlsSecretNamespace: shop, bodyConfigmapName: order, bodyConfigmapNamespace: shop}}",
            seconds: 20));
        await Waiting.UntilAsync("the load is under way", async () => (int)(await served.RecordAsync("orphan"))["requestCount"]!, count => count > 50);
        await KillControllerAsync();

        var report = await FinishedAsync("AppHttpHealthy", "orphan");
        Assert.True(report.Report.LatestRound!.Status == "succeed", Told(report));
        Assert.All(Metrics(report), metrics => Assert.Equal(200, metrics.SuccessCounts));
        Assert.True(agents * 200 <= (int)(await served.RecordAsync("orphan"))["taskRecord"]!["bodyCount"]!);
    }

    [Fact]
    public async Task A_deleted_task_stops_its_load_within_a_second_everywhere()
    {
        await ApplyAsync(Task("AppHttpHealthy", "doomed", 20, "", $"{{method: GET, host: 'http://{served!.Address}/?task=doomed'}}", seconds: 50));
        await Waiting.UntilAsync("the load is under way", async () => (int)(await served.RecordAsync("doomed"))["requestCount"]!, count => count > 100);
        Assert.Equal(0, (await cluster.Kubectl.RunAsync("delete", "apphttphealthy", "doomed", "--wait=false")).ExitCode);

        // The issue's own bound; from then on only this test's asking is counted.
        await System.Threading.Tasks.Task.Delay(TimeSpan.FromSeconds(1), Waiting.Clock, TestContext.Current.CancellationToken);
        var first = (int)(await served.RecordAsync("doomed"))["requestCount"]!;
        await System.Threading.Tasks.Task.Delay(TimeSpan.FromSeconds(2), Waiting.Clock, TestContext.Current.CancellationToken);
        Assert.Equal(first + 1, (int)(await served.RecordAsync("doomed"))["requestCount"]!);
        Assert.NotEqual(0, (await cluster.Kubectl.RunAsync("get", "kdoctorreport", "apphttphealthy-doomed")).ExitCode);
    }

    private static void AssertCounts(KdoctorReport report, int agents, int targets, long requests)
    {
        Assert.True(report.Report.LatestRound!.Status == "succeed", Told(report));
        Assert.Equal(agents, report.Report.LatestRoundReport.Count);
        foreach (var agent in report.Report.LatestRoundReport)
        {
            // Over all its tasks, and the same in the report of each.
            Assert.Equal(new RunningLoad(20, 10 * ((2 * agents) + 1), 30), agent.Measurements!.RunningLoadTotal);
            Assert.Equal(targets, agent.Measurements.RoundTaskDetail.Count);
            Assert.All(agent.Measurements.RoundTaskDetail, target => Assert.Equal(
                (requests, requests, 0L), (target.RequestTargetMetrics.RequestCounts, target.RequestTargetMetrics.SuccessCounts, target.RequestTargetMetrics.UnsentCounts)));
        }
    }

    private static string Told(KdoctorReport report) => string.Join('\n',
        report.Report.Findings.Select(finding => $"{finding.Component}: {finding.Evidence}")
            .Concat(report.Report.LatestRoundReport.Select(agent => $"{agent.NodeName}: {agent.ReasonsForFailure}"))
            .Prepend(report.Report.LatestRound!.Summary));

    private static IEnumerable<TargetMetrics> Metrics(KdoctorReport report) =>
        report.Report.LatestRoundReport.SelectMany(agent => agent.Measurements!.RoundTaskDetail).Select(target => target.RequestTargetMetrics);

    // Only the one process of this container, wherever else controllers of other clusters run on this machine.
    private async Task KillControllerAsync()
    {
        var pod = (await cluster.Kubectl.RunAsync(
            "-n", InstalledCluster.Namespace, "get", "pods", "-l", $"{ClusterNames.NameLabel}={ClusterNames.Controller}",
            "-o", "jsonpath={.items[0].spec.nodeName} {.items[0].status.containerStatuses[0].containerID}")).Output.Split(' ');
        var container = pod[1].Split('/')[^1];
        await TestBed.RunAsync("netns", pod[0], "sh", "-c", $"for p in $(pgrep kdoctor-control); do if grep -q {container} /proc/$p/cgroup; then kill -9 $p; fi; done");
        await Waiting.UntilAsync(
            "the controller is back",
            async () => (await cluster.Kubectl.RunAsync(
                "-n", InstalledCluster.Namespace, "get", "pods", "-l", $"{ClusterNames.NameLabel}={ClusterNames.Controller}",
                "-o", "jsonpath={.items[0].status.containerStatuses[0].ready} {.items[0].status.containerStatuses[0].containerID}")).Output,
            seen => seen.StartsWith("true ", StringComparison.Ordinal) && !seen.Contains(container, StringComparison.Ordinal));
    }

    private async Task ApplyAsync(params string[] tasks)
    {
        var applied = await cluster.Kubectl.RunWithInputAsync(string.Join("---\n", tasks), "apply", "-f", "-");
        Assert.True(applied.ExitCode == 0, applied.All);
    }

    private async Task<KdoctorReport> FinishedAsync(string kind, string name)
    {
        await Waiting.UntilAsync($"{kind} {name} finishes", async () => (await cluster.Kubectl.RunAsync("get", kind, name, "-o", "jsonpath={.status.finish}")).Output, finish => finish == "true");
        return await ServedReports.ReadAsync(cluster.Kubectl, $"{kind.ToLower(CultureInfo.InvariantCulture)}-{name}");
    }

    private string Task(string kind, string name, int qps, string request, string target, int seconds = Seconds)
    {
        made.Add($"{kind}/{name}");
        return $$"""
            apiVersion: kdoctor.io/v1beta1
            kind: {{kind}}
            metadata: {name: {{name}}}
            spec:
              request: {durationInSecond: {{seconds}}, perRequestTimeoutInMS: 2000, qps: {{qps}}{{request}}}
              schedule: {roundNumber: 1, roundTimeoutMinute: 1, schedule: 0 1}
              target: {{target}}

            """;
    }
}
