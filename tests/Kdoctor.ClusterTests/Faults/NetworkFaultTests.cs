using Kdoctor.ClusterTests.Installed;
using Xunit;

namespace Kdoctor.ClusterTests.Faults;

/// <summary>A network that is broken in a known way, and what the reports say of it.</summary>
[Collection(InstalledTurns.Name)]
public sealed class NetworkFaultTests(InstalledCluster cluster)
{
    [Fact]
    public async Task Two_nodes_that_are_cut_apart_fail_in_both_directions_and_nobody_else_does()
    {
        TestBed.Required();
        var (first, second, third) = await NodesAsync();
        await CutAsync("cut", first, second, third);
    }

    // Its stream breaks with the cut, perhaps before it can be told of the round. Over the other family, which the cut leaves, it comes back, and is told then.
    [Fact]
    public async Task A_node_that_is_cut_off_from_the_controllers_node_takes_part_all_the_same()
    {
        TestBed.Required();
        var (first, second, controller) = await NodesAsync();
        await CutAsync("cut-off", controller, second, first);
    }

    /// <remarks>Seen red without the node port: the agent that is cut off is silent.</remarks>
    [Fact]
    public async Task A_node_that_has_no_way_at_all_to_the_controllers_goes_through_another_one()
    {
        TestBed.Required();
        await cluster.WhileAsync(["--controller-node-port"], async () =>
        {
            var (first, second, controller) = await NodesAsync();
            var port = (await cluster.Kubectl.RunAsync("-n", InstalledCluster.Namespace, "get", "service", "kdoctor-controller-node-port", "-o", "jsonpath={.spec.ports[0].nodePort}")).Output;
            Assert.NotEmpty(port);

            // Controllers look for news every half a minute, and a node may clear away the line by which an agent says that it was told.
            await Task.Delay(TimeSpan.FromSeconds(45), Waiting.Clock, TestContext.Current.CancellationToken);
            var way = (await cluster.Kubectl.RunAsync("get", "node", first, "-o", "jsonpath={.status.addresses[?(@.type=='InternalIP')].address}")).Output.Split(' ')[0];
            await Waiting.UntilAsync("the detour is open", () => TestBed.StatusAsync(second, $"https://{way}:{port}/"), status => status != "000");
            await using (await CutIPv6Async(controller, second))
            await using (await CutIPv6Async(second, controller))
                await CutAsync("no-way", controller, second, first, seconds: 15);
        });
    }

    // What the test bed's own cut leaves: packets to a node from the addresses of another, and of kdoctor's pods there.
    private async Task<IAsyncDisposable> CutIPv6Async(string to, string from)
    {
        var node = await cluster.Kubectl.RunAsync("get", "node", from, "-o", "jsonpath={.status.addresses[*].address}");
        var pods = await cluster.Kubectl.RunAsync("-n", InstalledCluster.Namespace, "get", "pods", "--field-selector", $"spec.nodeName={from}", "-o", "jsonpath={.items[*].status.podIPs[*].ip}");
        var sources = $"{node.Output} {pods.Output}".Split(' ').Where(address => address.Contains(':', StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(sources);
        return await TestBed.FilterAsync(to, "ip6tables", "PREROUTING", "-s", string.Join(',', sources), "-j", "DROP");
    }

    // The longer a round, the longer an agent may look for its way: until 16.5 s after the last request was sent.
    private async Task CutAsync(string name, string first, string second, string third, int seconds = 5)
    {
        await using (await TestBed.CutAsync(first, second))
        {
            var report = await MeshRuns.RunAsync(cluster.Kubectl, name, seconds, qps: 10);
            Assert.True(report.Report.LatestRound!.Status == "fail", report.Report.LatestRound.Summary);
            Assert.True(report.Report.LatestRound.SilentAgents.Count == 0, report.Report.LatestRound.Summary);
            var rates = MeshRuns.Rates(report);
            Assert.Equal(9, rates.Count);
            Assert.All(rates, pair => Assert.Equal(pair.Key == (first, second) || pair.Key == (second, first) ? 0 : 1, pair.Value));
            Assert.Equal(2, report.Report.LatestRound.FailedAgents.Count);
            Assert.DoesNotContain(report.Report.LatestRoundReport, agent => agent.NodeName == third && agent.RoundResult != "succeed");
        }

        await MeshRuns.HealedAsync(cluster.Kubectl, $"{name}-healed");
    }

    // A connection is lost when either of its first two packets is, one in each direction: of what is sent again the first comes too late.
    [Fact]
    public async Task Loss_at_a_node_shows_each_way_on_the_paths_through_it_and_on_no_other()
    {
        TestBed.Required();
        var (_, lossy, _) = await NodesAsync();
        await using (await TestBed.LossAsync(lossy, 5))
        {
            var report = await MeshRuns.RunAsync(cluster.Kubectl, "loss", seconds: 25, qps: 20, timeoutInMS: 900);
            Assert.Empty(report.Report.LatestRound!.SilentAgents);
            var rates = MeshRuns.Rates(report);
            Assert.Equal(9, rates.Count);
            var through = rates.Where(pair => (pair.Key.From == lossy) != (pair.Key.To == lossy)).ToList();
            Assert.Equal(4, through.Count);
            Assert.All(through, pair => Assert.InRange(1 - pair.Value, 0.05, 0.16));
            Assert.InRange(through.Average(pair => 1 - pair.Value), 0.07, 0.13);
            Assert.All(rates.Except(through), pair => Assert.Equal(1, pair.Value));
        }

        await MeshRuns.HealedAsync(cluster.Kubectl, "loss-healed");
    }

    [Fact]
    public async Task With_the_controllers_service_address_blocked_a_nodes_results_still_arrive()
    {
        TestBed.Required();
        var (blocked, _, _) = await NodesAsync();
        var address = (await cluster.Kubectl.RunAsync("-n", InstalledCluster.Namespace, "get", "service", "kdoctor-controller", "-o", "jsonpath={.spec.clusterIP}")).Output;
        IAsyncDisposable? healing = null;
        try
        {
            var report = await MeshRuns.RunAsync(cluster.Kubectl, "blocked", seconds: 10, qps: 5, async () =>
                healing = await TestBed.FilterAsync(blocked, "iptables", "PREROUTING", "-d", address, "-j", "DROP"));
            Assert.True(report.Report.LatestRound!.ReportedAgents == 3, report.Report.LatestRound.Summary);
            Assert.Empty(report.Report.LatestRound.SilentAgents);
            Assert.All(MeshRuns.Rates(report), pair => Assert.Equal(1, pair.Value));

            // And a whole round while it stays blocked.
            await MeshRuns.HealedAsync(cluster.Kubectl, "still-blocked");
        }
        finally
        {
            if (healing is not null)
                await healing.DisposeAsync();
        }
        await MeshRuns.HealedAsync(cluster.Kubectl, "blocked-healed");
    }

    // The third runs the controller: what is broken between others is not broken on the way to it.
    private async Task<(string First, string Second, string Third)> NodesAsync()
    {
        var controller = (await cluster.Kubectl.RunAsync(
            "-n", InstalledCluster.Namespace, "get", "pods", "-l", "app.kubernetes.io/name=kdoctor-controller", "-o", "jsonpath={.items[0].spec.nodeName}")).Output;
        var others = (await cluster.AgentsAsync()).Keys.Where(node => node != controller).Order(StringComparer.Ordinal).ToList();
        Assert.True(others.Count >= 2, "this test needs three nodes");
        return (others[0], others[1], controller);
    }
}
