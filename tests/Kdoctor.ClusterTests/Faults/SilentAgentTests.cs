using Kdoctor.ClusterTests.Installed;
using Xunit;

namespace Kdoctor.ClusterTests.Faults;

/// <summary>Agents that say nothing any more.</summary>
[Collection(InstalledTurns.Name)]
public sealed class SilentAgentTests(InstalledCluster cluster)
{
    [Fact]
    public async Task An_agent_that_is_killed_in_mid_round_is_silent_and_its_neighbours_results_are_whole()
    {
        TestBed.Required();
        var agents = await cluster.AgentsAsync();
        Assert.SkipWhen(agents.Count < 3, "this test needs three nodes");
        var (node, pod) = agents.First();
        var container = await cluster.ContainerAsync(pod);

        var report = await MeshRuns.RunAsync(cluster.Kubectl, "killed", seconds: 10, qps: 10, () => KillAsync(node, container));

        Assert.Equal("fail", report.Report.LatestRound!.Status);
        Assert.Equal([pod], report.Report.LatestRound.SilentAgents);
        var rates = MeshRuns.Rates(report);
        Assert.All(rates.Where(pair => pair.Key.From != node && pair.Key.To != node), pair => Assert.Equal(1, pair.Value));
        Assert.Equal((agents.Count - 1) * (agents.Count - 1), rates.Count(pair => pair.Key.From != node && pair.Key.To != node));

        await cluster.ReadyAsync(container);
        await MeshRuns.HealedAsync(cluster.Kubectl, "killed-healed");
    }

    [Fact]
    public async Task A_node_whose_kubelet_is_stopped_and_whose_agent_is_gone_is_silent_and_holds_up_nobody()
    {
        TestBed.Required();
        var agents = await cluster.AgentsAsync();
        var controller = (await cluster.Kubectl.RunAsync(
            "-n", InstalledCluster.Namespace, "get", "pods", "-l", "app.kubernetes.io/name=kdoctor-controller", "-o", "jsonpath={.items[0].spec.nodeName}")).Output;
        var (node, pod) = agents.First(agent => agent.Key != controller);
        var container = await cluster.ContainerAsync(pod);
        await SignalAsync(node, "STOP");
        try
        {
            await KillAsync(node, container);
            var report = await MeshRuns.RunAsync(cluster.Kubectl, "stopped", seconds: 5, qps: 10);

            Assert.Equal("fail", report.Report.LatestRound!.Status);
            Assert.Equal([pod], report.Report.LatestRound.SilentAgents);
            Assert.All(MeshRuns.Rates(report).Where(pair => pair.Key.To != node), pair => Assert.Equal(1, pair.Value));
        }
        finally
        {
            await SignalAsync(node, "CONT");
        }
        await cluster.ReadyAsync(container);
        await MeshRuns.HealedAsync(cluster.Kubectl, "stopped-healed");
    }

    // Only the one process of this container, wherever else agents of other clusters run on this machine.
    private static Task KillAsync(string node, string container) =>
        TestBed.RunAsync("netns", node, "sh", "-c", $"for p in $(pgrep -x kdoctor-agent); do if grep -q {container} /proc/$p/cgroup; then kill -9 $p; fi; done");

    private static Task SignalAsync(string node, string signal) => TestBed.RunAsync(
        "netns", node, "sh", "-c", $"for p in $(ip netns pids {node}); do if [ \"$(cat /proc/$p/comm)\" = kubelet ]; then kill -{signal} $p; fi; done");
}
