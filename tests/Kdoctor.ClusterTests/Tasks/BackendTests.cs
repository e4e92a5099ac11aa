using Kdoctor.ClusterTests.Installed;
using Kdoctor.Core.Reports;
using Xunit;

namespace Kdoctor.ClusterTests.Tasks;

/// <summary>Every backend of the agents' service is reached at least once over every address, or the report names the one that is not.</summary>
[Collection(InstalledTurns.Name)]
public sealed class BackendTests(InstalledCluster cluster)
{
    private const string Brief = "request: {durationInSecond: 5, qps: 20, perRequestTimeoutInMS: 2000}, schedule: {roundNumber: 1, roundTimeoutMinute: 2, schedule: 0 2}, expect: {meanAccessDelayInMs: 2000}";
    private const string Service = "kdoctor-agent-ipv4";

    [Fact]
    public async Task Every_backend_answers_at_every_address()
    {
        var report = await RunAsync("every-backend", $"{{{Brief}, target: {{ipv6: true}}}}");
        Assert.True(report.LatestRound!.Status == "succeed", report.LatestRound.Summary);
        foreach (var channel in report.Channels.Where(channel => channel.Channel is "clusterIP" or "nodePort"))
            Assert.Equal(new BackendsReport(3, channel.Targets, 0, 0), channel.Backends);
    }

    [Fact]
    public async Task A_ready_agent_that_the_Service_does_not_lead_to_fails_the_round_and_is_named()
    {
        var agents = await cluster.AgentsAsync();
        var (left, kept) = (agents.First(), agents.Skip(1).Select(agent => agent.Value).ToList());
        foreach (var pod in kept)
            await KubectlAsync("label", "pod", pod, "led-to=yes");
        await KubectlAsync("patch", "service", Service, "--type=merge", "-p", """{"spec":{"selector":{"led-to":"yes"}}}""");
        try
        {
            await EndpointsAsync(kept.Count);
            var report = await RunAsync("missing-backend", $"{{{Brief}, target: {{endpoint: false}}}}");
            Assert.Equal("fail", report.LatestRound!.Status);
            Assert.Equal(report.LatestRound.Requests!.Planned, report.LatestRound.Requests.Succeeded);
            Assert.Contains($"never led to agent {left.Value} on {left.Key}", report.LatestRound.Summary, StringComparison.Ordinal);
            Assert.All(report.Channels, channel => Assert.Equal(new BackendsReport(3, 0, channel.Targets, 0), channel.Backends));
            Assert.All(report.Findings, finding => Assert.Contains($"to agent {left.Value} on {left.Key}", finding.Component, StringComparison.Ordinal));
            Assert.Equal(1 + agents.Count, report.Findings.Count);
        }
        finally
        {
            await KubectlAsync("patch", "service", Service, "--type=merge", "-p", """{"spec":{"selector":{"led-to":null}}}""");
            foreach (var pod in kept)
                await KubectlAsync("label", "pod", pod, "led-to-");
            await EndpointsAsync(agents.Count);
        }
    }

    [Fact]
    public async Task A_node_whose_own_rules_miss_a_backend_is_told_from_the_others()
    {
        TestBed.Required();
        var agents = await cluster.AgentsAsync();
        var (node, pod) = agents.First();
        var others = agents.Skip(1).Select(agent => agent.Value).ToList();
        var address = await FieldAsync("service", Service, ".spec.clusterIP");

        // What this node sends to the service goes to the two backends elsewhere, as by rules that were not renewed since its own came.
        string[] rule = ["PREROUTING", "-p", "tcp", "-d", address, "--dport", "80"];
        await using var rest = await TestBed.RuleAsync(node, "iptables", "nat", [.. rule, "-j", "DNAT", "--to-destination", $"{await FieldAsync("pod", others[1], ".status.podIP")}:8080"]);
        await using var half = await TestBed.RuleAsync(
            node, "iptables", "nat", [.. rule, "-m", "statistic", "--mode", "random", "--probability", "0.5", "-j", "DNAT", "--to-destination", $"{await FieldAsync("pod", others[0], ".status.podIP")}:8080"]);

        var report = await RunAsync("stale-rules", $"{{{Brief}, target: {{endpoint: false, nodePort: false}}}}");
        Assert.Equal("fail", report.LatestRound!.Status);
        Assert.Equal([pod], report.LatestRound.FailedAgents);
        var finding = Assert.Single(report.Findings);
        Assert.True(finding.Component.EndsWith($"to agent {pod} on {node}, for what agent {pod} on {node} sends", StringComparison.Ordinal), $"{finding}");
    }

    private async Task<ReportBody> RunAsync(string name, string spec)
    {
        await using var tasks = new ClusterTasks(cluster.Kubectl);
        await tasks.ApplyAsync("NetReach", name, spec);
        return (await tasks.FinishedAsync("NetReach", name)).Report;
    }

    // Nodes follow within a second; a task takes as long to begin.
    private Task<string[]> EndpointsAsync(int count) => Waiting.UntilAsync(
        $"the service leads to {count} agents", async () => (await FieldAsync("endpoints", Service, ".subsets[*].addresses[*].ip")).Split(' ', StringSplitOptions.RemoveEmptyEntries), ips => ips.Length == count);

    private async Task<string> FieldAsync(string kind, string name, string path) =>
        (await cluster.Kubectl.RunAsync("-n", InstalledCluster.Namespace, "get", kind, name, "-o", $"jsonpath={{{path}}}")).Output;

    private async Task KubectlAsync(params string[] arguments)
    {
        var run = await cluster.Kubectl.RunAsync(["-n", InstalledCluster.Namespace, .. arguments]);
        Assert.True(run.ExitCode == 0, run.All);
    }
}
