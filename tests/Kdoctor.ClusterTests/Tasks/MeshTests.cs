using Kdoctor.ClusterTests.Installed;
using Kdoctor.TestKit.Processes;
using Xunit;

namespace Kdoctor.ClusterTests.Tasks;

/// <summary>The default agents, over every channel (case B01).</summary>
[Collection(InstalledTurns.Name)]
public sealed class MeshTests(InstalledCluster cluster)
{
    // Word by word what the predecessor's users have.
    private const string Manifest = """
        apiVersion: kdoctor.io/v1beta1
        kind: NetReach
        metadata:
          name: reach-task
        spec:
          expect: {meanAccessDelayInMs: 1500, successRate: 1}
          request: {durationInSecond: 10, perRequestTimeoutInMS: 1500, qps: 10}
          schedule: {roundNumber: 1, roundTimeoutMinute: 1, schedule: 0 1}
          target: {clusterIP: true, endpoint: true, ingress: false, ipv4: true, loadBalancer: false, multusInterface: false, nodePort: true}
        """;

    private const string Brief = "request: {durationInSecond: 3, qps: 10, perRequestTimeoutInMS: 2000}, schedule: {roundNumber: 1, roundTimeoutMinute: 2, schedule: 0 2}, expect: {meanAccessDelayInMs: 2000}";

    [Fact]
    public async Task The_manifest_that_users_have_gives_the_table_and_the_report_of_every_node()
    {
        var kubectl = cluster.Kubectl;
        Assert.Equal(0, (await kubectl.RunWithInputAsync(Manifest, "apply", "-f", "-")).ExitCode);
        try
        {
            await RunningLab.FinishedAsync(kubectl, "netreach", "reach-task");
            var table = (await kubectl.RunAsync("get", "netreach", "--no-headers")).Output.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            Assert.Equal("reach-task true 1 1 succeed 0 1", string.Join(' ', table));

            var report = await ServedReports.ReadAsync(kubectl, "reach-task");
            var nodes = (await kubectl.RunAsync("get", "nodes", "-o", "jsonpath={.items[*].metadata.name}")).Output.Split(' ');
            Assert.Equal(nodes.Order(StringComparer.Ordinal), report.Report.LatestRoundReport.Select(agent => agent.NodeName).Order(StringComparer.Ordinal));
            var targets = report.Report.LatestRoundReport.SelectMany(agent => agent.Measurements!.RoundTaskDetail).ToList();
            Assert.Equal(nodes.Length * ((2 * nodes.Length) + 1), targets.Count);
            Assert.All(targets, target => Assert.Equal(100, target.RequestTargetMetrics.SuccessCounts));
            Assert.InRange(report.Report.LatestRound!.EndTimeStamp!.Value - targets.Max(target => target.RequestTargetMetrics.RequestEndTime!.Value), TimeSpan.Zero, TimeSpan.FromSeconds(2));
        }
        finally
        {
            await kubectl.RunAsync("delete", "netreach", "reach-task", "--ignore-not-found");
        }
    }

    [Fact]
    public async Task Every_channel_of_the_cluster_is_tested_over_both_families_at_once()
    {
        TestBed.Required();
        await AnnounceAsync("service", "kdoctor-agent-ipv4", """{"ip":"172.30.0.200"}""");
        await AnnounceAsync("service", "kdoctor-agent-ipv6", """{"ip":"fd00:30::200"}""");

        // The test bed's ingress controller has an IPv4 address only; over IPv6 the load balancer stands in for it.
        await TestBed.RunAsync("ingress", "kdoctor-agent-ipv4:80");
        await AnnounceAsync("ingress", "kdoctor-agent", """{"ip":"172.30.0.11"},{"ip":"fd00:30::200"}""");
        await using var second = await SecondInterfaces.AddAsync(cluster.Kubectl, (await cluster.AgentsAsync()).Count);

        await using var tasks = new ClusterTasks(cluster.Kubectl);
        await tasks.ApplyAsync("NetReach", "all-channels", $"{{{Brief}, target: {{multusInterface: true, loadBalancer: true, ingress: true, ipv6: true}}}}");
        var report = await tasks.FinishedAsync("NetReach", "all-channels");
        Assert.True(report.Report.LatestRound!.Status == "succeed", report.Report.LatestRound.Summary);
        Assert.Empty(report.Report.LeftOut);
        Assert.Equal(
            ["clusterIP", "ingress", "loadBalancer", "multus", "nodePort", "podIP"], report.Report.Channels.Select(channel => channel.Channel).Distinct().Order(StringComparer.Ordinal));
        Assert.All(report.Report.Channels, channel => Assert.Equal(channel.Requests.Planned, channel.Requests.Succeeded));
        Assert.Equal(2 * 6, report.Report.Channels.Count);
        foreach (var agent in report.Report.LatestRoundReport)
            Assert.Equal(2 * (3 + 3 + 3 + 1 + 1 + 1), agent.Measurements!.RoundTaskDetail.Count);
    }

    private async Task AnnounceAsync(string kind, string name, string addresses)
    {
        var patched = await cluster.Kubectl.RunAsync(
            "-n", InstalledCluster.Namespace, "patch", kind, name, "--subresource=status", "--type=merge", "-p", "{\"status\":{\"loadBalancer\":{\"ingress\":[" + addresses + "]}}}");
        Assert.True(patched.ExitCode == 0, patched.All);
    }
}
