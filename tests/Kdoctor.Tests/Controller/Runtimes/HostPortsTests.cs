using System.Text.Json.Nodes;
using Kdoctor.Controller.Cluster;
using Kdoctor.Controller.Runtimes;
using Kdoctor.Core.Deployment;
using Xunit;

namespace Kdoctor.Tests.Controller.Runtimes;

public sealed class HostPortsTests
{
    private readonly HostPorts ports = new();

    [Fact]
    public void Every_task_has_two_ports_that_no_other_has_until_all_are_taken()
    {
        var given = Enumerable.Range(0, 500).Select(n => ports.Of($"netreach-{n}", [])!).ToList();
        Assert.Equal(Enumerable.Range(ClusterPorts.HostFirst, 1000), given.SelectMany(pair => new[] { pair.Echo, pair.Health }).Order());
        Assert.Null(ports.Of("netreach-one-more", []));
        Assert.Equal(given[7], ports.Of("netreach-7", []));

        ports.Forget("netreach-7");
        Assert.Equal(given[7], ports.Of("netreach-one-more", []));
    }

    [Fact]
    public void A_restarted_controller_leaves_every_task_the_ports_that_its_agents_have()
    {
        var first = ports.Of("netreach-a", [])!;
        var taken = Workload("netreach-b", first);
        Assert.NotEqual(first, new HostPorts().Of("netreach-a", [taken]));
        Assert.Equal(first, new HostPorts().Of("netreach-b", [taken]));
    }

    // As agents were made that did not move: they stood in the way of all others in the host's network.
    [Fact]
    public void Agents_on_the_usual_ports_get_ports_of_their_own() =>
        Assert.InRange(ports.Of("netreach-old", [Workload("netreach-old", AgentPorts.Usual)])!.Echo, ClusterPorts.HostFirst, ClusterPorts.HostLast);

    [Fact]
    public void Only_agents_in_the_hosts_network_take_ports_of_it()
    {
        Assert.Null(Workload("netreach-pods", AgentPorts.Usual, hostNetwork: false).HostPorts);
        Assert.Equal(AgentPorts.Usual, Workload("kdoctor-agent", AgentPorts.Usual).HostPorts);
    }

    private static WorkloadFacts Workload(string name, AgentPorts at, bool hostNetwork = true) => WorkloadFacts.ReadDaemonSet(JsonNode.Parse(
        $$"""
        {"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"{{name}}"},"spec":{"selector":{},"template":{"spec":{"hostNetwork":{{(hostNetwork ? "true" : "false")}},
         "containers":[{"name":"kdoctor-agent","ports":[{"name":"http","containerPort":{{at.Echo}}},{"name":"health","containerPort":{{at.Health}}}]}]} } } }
        """)!.AsObject());
}
