using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Kdoctor.Controller.Cluster;
using Kdoctor.Core.Deployment;
using Xunit;

namespace Kdoctor.Tests.Controller.Cluster;

/// <summary>What agents are told of the ways to the controllers.</summary>
public sealed class ControllerRoutesTests
{
    private static readonly ServiceFacts Service = ServiceOf("10.96.0.80");

    [Fact]
    public void Controllers_that_are_ready_come_first_and_IPv4_before_IPv6()
    {
        PodFacts[] pods =
        [
            Pod("b", "node1", ready: true, "10.0.0.2", "fd00::2"), Pod("a", "node2", ready: false, "10.0.0.1"),
            Pod("gone", "node3", ready: true, "10.0.0.3") with { Terminating = true }, Pod("agent", "node3", ready: true, "10.0.0.4") with { Part = ClusterNames.Agent },
        ];
        Assert.Equal(["10.0.0.2:3000", "10.0.0.1:3000", "[fd00::2]:3000"], ControllerRoutes.Direct(pods, 3000));
    }

    [Fact]
    public void Other_nodes_lead_there_and_the_controllers_own_is_the_last_of_them()
    {
        NodeFacts[] nodes = [Node(1), Node(2), Node(3), Node(4) with { Trouble = "it is not ready" }, Node(5) with { Ips = ["fd00::5"] }];
        PodFacts[] pods = [Pod("a", "node1", ready: true, "10.0.0.1")];

        Assert.Equal(["172.30.0.3:30300", "172.30.0.1:30300"], ControllerRoutes.ThroughNodes(Service, nodes, pods, "node2"));
        Assert.Equal(["[fd00::5]:30300"], ControllerRoutes.ThroughNodes(ServiceOf("fd00:96::80"), nodes, pods, "node2"));
    }

    [Fact]
    public void Without_a_node_port_there_is_no_such_way()
    {
        Assert.Empty(ControllerRoutes.ThroughNodes(null, [Node(1), Node(2)], [], "node2"));
        Assert.Empty(ControllerRoutes.ThroughNodes(Service with { NodePort = null }, [Node(1), Node(2)], [], "node2"));
    }

    [Fact]
    public void In_a_large_cluster_agents_are_told_six_and_not_all_the_same_six()
    {
        NodeFacts[] nodes = [.. Enumerable.Range(1, 100).Select(Node)];
        var told = nodes.Select(node => ControllerRoutes.ThroughNodes(Service, nodes, [], node.Name).ToList()).ToList();

        Assert.All(told, ways => Assert.Equal(6, ways.Distinct(StringComparer.Ordinal).Count()));
        Assert.True(told.SelectMany(ways => ways).Distinct(StringComparer.Ordinal).Count() > 50);
    }

    private static NodeFacts Node(int number) => new()
    {
        Name = $"node{number}",
        Labels = ImmutableDictionary<string, string>.Empty,
        Ips = [$"172.30.0.{number}"],
    };

    private static PodFacts Pod(string name, string node, bool ready, params string[] ips) => new()
    {
        Uid = name,
        Name = name,
        Part = ClusterNames.Controller,
        Node = node,
        Created = default,
        Ready = ready,
        Ips = [.. ips],
    };

    private static ServiceFacts ServiceOf(string clusterIp) => ServiceFacts.Read(JsonNode.Parse($$"""
        {"metadata": {"name": "kdoctor-controller-node-port"}, "spec": {"clusterIP": "{{clusterIp}}", "ports": [{"name": "agents", "port": 3000, "nodePort": 30300}]} }
        """)!.AsObject());
}
