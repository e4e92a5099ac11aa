using Kdoctor.ClusterTests.Installed;
using Kdoctor.Core.Reports;
using Xunit;

namespace Kdoctor.ClusterTests.Tasks;

/// <summary>Further interfaces of agents' pods: a channel of its own, beside the pods' first addresses.</summary>
[Collection(InstalledTurns.Name)]
public sealed class MultusTests(InstalledCluster cluster)
{
    private const string Spec = """
        request: {durationInSecond: 3, qps: 10, perRequestTimeoutInMS: 2000}, schedule: {roundNumber: 1, roundTimeoutMinute: 1, schedule: 0 1},
        target: {multusInterface: true, ipv6: true, clusterIP: false, nodePort: false}
        """;

    [Fact]
    public async Task Every_interface_of_every_agent_is_tested_from_every_agent_and_one_that_is_down_fails_alone()
    {
        var agents = (await cluster.AgentsAsync()).Count;
        await using var second = await SecondInterfaces.AddAsync(cluster.Kubectl, agents);

        var whole = await RunAsync("second-interfaces");
        Assert.True(whole.LatestRound!.Status == "succeed", whole.LatestRound.Summary);
        Assert.Empty(whole.LeftOut);
        Assert.Equal(agents, whole.LatestRoundReport.Count);
        Assert.All(whole.LatestRoundReport, agent =>
        {
            var targets = Targets(agent);
            Assert.Equal(2 * agents, targets.Select(target => target.Url).Distinct().Count());
            Assert.Equal(Enumerable.Range(1, agents).SelectMany(Addresses).Order(StringComparer.Ordinal), targets.Select(AddressOf).Order(StringComparer.Ordinal));
            Assert.All(targets, target => Assert.StartsWith($"AgentMultusV{(target.Family == "IPv4" ? 4 : 6)}IP_{target.DestinationAgent}_net1_", target.Name, StringComparison.Ordinal));

            // Who answered there is the agent whose interface it is.
            Assert.All(targets, target => Assert.Equal([KeyValuePair.Create(target.DestinationAgent!, 30L)], target.RequestTargetMetrics.Backends!));
        });
        Assert.Equal(["multus IPv4", "multus IPv6", "podIP IPv4", "podIP IPv6"], whole.Channels.Select(channel => $"{channel.Channel} {channel.Family}").Order(StringComparer.Ordinal));

        await SecondInterfaces.UnplugAsync(2);
        var broken = await RunAsync("second-interface-down");
        Assert.Equal("fail", broken.LatestRound!.Status);
        Assert.All(broken.LatestRoundReport, agent => Assert.All(agent.Measurements!.RoundTaskDetail, target =>
        {
            // Its owner reaches itself without the wire, and nobody else's.
            var own = Addresses(2).Contains(AddressOf(target));
            var owner = broken.LatestRoundReport.SelectMany(Targets).First(other => Addresses(2).Contains(AddressOf(other))).DestinationAgent;
            var failed = target.Channel == "multus" && (own != (agent.PodName == owner));
            Assert.True((failed ? "fail" : "succeed") == target.Verdict, $"{agent.PodName} to {target.Name}: {target.Verdict}, {target.FailureReason}");
        }));
    }

    private async Task<ReportBody> RunAsync(string name)
    {
        await using var tasks = new ClusterTasks(cluster.Kubectl);
        await tasks.ApplyAsync("NetReach", name, $"{{{Spec}}}");
        return (await tasks.FinishedAsync("NetReach", name)).Report;
    }

    private static List<TargetReport> Targets(AgentReport agent) => [.. agent.Measurements!.RoundTaskDetail.Where(target => target.Channel == "multus")];

    private static string AddressOf(TargetReport target) => target.Name.Split('_')[^1];

    private static IEnumerable<string> Addresses(int agent) => [$"192.168.77.{10 + agent}", $"fd00:77::{10 + agent}"];
}
