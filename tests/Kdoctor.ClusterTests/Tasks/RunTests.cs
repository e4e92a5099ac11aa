using Kdoctor.ClusterTests.Installed;
using Kdoctor.TestKit.Processes;
using Xunit;

namespace Kdoctor.ClusterTests.Tasks;

/// <summary><c>kdoctor run -f</c> with a kubeconfig, to its end: its lines, its report, its exit code, and what it leaves.</summary>
[Collection(InstalledTurns.Name)]
public sealed class RunTests(InstalledCluster cluster)
{
    private const string Order = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: run-order, namespace: default}
        data: {body: one apple}
        ---

        """;

    [Fact]
    public async Task A_run_that_succeeds_shows_its_round_prints_its_report_ends_with_0_and_leaves_nothing()
    {
        var run = await RunAsync(Order + """
            apiVersion: kdoctor.io/v1beta1
            kind: NetReach
            metadata: {name: run-well}
            spec:
              request: {durationInSecond: 2, qps: 5, perRequestTimeoutInMS: 5000}
              expect: {meanAccessDelayInMs: 5000}
              schedule: {roundNumber: 1, roundTimeoutMinute: 1, schedule: 0 1}
              target: {nodePort: false}
            """);

        Assert.True(run.ExitCode == 0, run.ToString());
        var agents = (await cluster.AgentsAsync()).Count;
        Assert.Matches($"(?m)^run-well: round 1 of 1 started with {agents} agents?, ends by ", run.Errors);
        Assert.Matches("(?m)^run-well: round 1 of 1 ended: succeed\r?$", run.Errors);
        var report = Assert.Single(run.Reports());
        Assert.Equal(("run-well", "succeed", agents), (report.Task.Name, report.Report.LatestRound!.Status, report.Report.LatestRoundReport.Count));
        await AssertNothingLeftAsync("netreach", "run-well");
    }

    [Fact]
    public async Task A_run_that_fails_names_what_failed_ends_with_1_and_leaves_nothing()
    {
        var run = await RunAsync(Order + """
            apiVersion: kdoctor.io/v1beta1
            kind: AppHttpHealthy
            metadata: {name: run-ill}
            spec:
              request: {durationInSecond: 2, qps: 5, perRequestTimeoutInMS: 1000}
              schedule: {roundNumber: 1, roundTimeoutMinute: 1, schedule: 0 1}
              target: {host: 'http://no-such-name.default.svc.cluster.local', method: GET}
            """);

        Assert.True(run.ExitCode == 1, run.ToString());
        Assert.Matches("(?m)^run-ill: round 1 of 1 ended: fail\r?$", run.Errors);
        var targets = Assert.Single(run.Reports()).Report.LatestRoundReport.SelectMany(agent => agent.Measurements!.RoundTaskDetail);
        Assert.All(targets, target => Assert.Equal(10, target.RequestTargetMetrics.Errors["resolve: no such name"]));
        await AssertNothingLeftAsync("apphttphealthy", "run-ill");
    }

    private async Task<KdoctorResult> RunAsync(string manifest)
    {
        Assert.NotEmpty(cluster.Kubeconfig);
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, manifest, TestContext.Current.CancellationToken);
            return await ClusterCommand.RunAsync(cluster.Kubeconfig, "run", "-f", file, "-o", "json");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private async Task AssertNothingLeftAsync(string kind, string name)
    {
        Assert.Equal("", (await cluster.Kubectl.RunAsync("get", kind, name, "--ignore-not-found", "-o", "name")).Output);
        Assert.Equal("", (await cluster.Kubectl.RunAsync("-n", "default", "get", "configmap", "run-order", "--ignore-not-found", "-o", "name")).Output);
    }
}
