using System.Collections.Immutable;
using k8s.Models;
using Kdoctor.Controller.Cluster;
using Kdoctor.Core.Planning;
using Xunit;

namespace Kdoctor.Tests.Controller.Cluster;

public sealed class AgentRollTests
{
    private static readonly DateTimeOffset Now = new(2030, 5, 17, 12, 0, 0, TimeSpan.Zero);
    private static readonly WorkloadFacts DaemonSet = new() { Name = "kdoctor-agent", Stored = [], NodeSelector = new Dictionary<string, string> { ["os"] = "linux" } };

    private readonly Dictionary<string, NodeFacts> nodes = new[] { "a", "b", "c" }.ToDictionary(name => name, name => Node(name));

    [Fact]
    public void Every_pod_is_an_agent_with_its_own_identity_also_two_on_one_node()
    {
        var agents = Call(DaemonSet, Pod("1", "a"), Pod("2", "a"), Pod("3", "b"), Pod("4", "c"));
        Assert.Equal(["1", "2", "3", "4"], agents.Select(agent => agent.Id));
        Assert.All(agents, agent => Assert.Null(agent.Absence));
        Assert.Equal([new EchoAddress("pod", "10.0.0.1", 8080), new EchoAddress("pod", "fd00::1", 8080)], agents[0].Addresses);
    }

    [Fact]
    public void A_node_without_a_pod_is_an_absent_agent_and_no_target()
    {
        var missing = Call(DaemonSet, Pod("1", "a"), Pod("2", "b"))[2];
        Assert.Equal(("c", true), (missing.NodeName, missing.MayCome));
        Assert.Contains("there is no pod", missing.Absence, StringComparison.Ordinal);
        Assert.Empty(missing.Addresses);
    }

    [Fact]
    public void A_pod_that_does_not_run_is_absent_with_its_reason_unless_its_stream_is_open()
    {
        var stuck = Pod("3", "c") with { Trouble = new PodTrouble("its container does not start: ImagePullBackOff", false), Ready = false };
        Assert.Equal("its container does not start: ImagePullBackOff", Call(DaemonSet, Pod("1", "a"), Pod("2", "b"), stuck)[2].Absence);
        Assert.Null(Roll(DaemonSet, "3").Call([Pod("1", "a"), Pod("2", "b"), stuck]).Agents[2].Absence);
    }

    [Fact]
    public void An_agent_of_a_node_whose_kubelet_is_gone_is_absent_but_not_while_it_speaks()
    {
        nodes["b"] = nodes["b"] with { Trouble = "its node is not ready: NodeStatusUnknown" };
        var pods = new[] { Pod("1", "a"), Pod("2", "b"), Pod("3", "c") };
        Assert.Equal("its node is not ready: NodeStatusUnknown", Call(DaemonSet, pods)[1].Absence);
        var (agents, notes) = Roll(DaemonSet, "2").Call(pods);
        Assert.Null(agents[1].Absence);
        Assert.Contains("b: its node is not ready", Assert.Single(notes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pod_that_is_being_deleted_takes_no_further_round_even_while_its_stream_is_open()
    {
        var leaving = Pod("3", "c") with { Terminating = true, Trouble = new PodTrouble("its pod is being deleted", true) };
        var agents = Roll(DaemonSet, "3").Call([Pod("1", "a"), Pod("2", "b"), leaving]).Agents;
        Assert.Equal("missing:kdoctor-agent/c", agents[2].Id);
        Assert.Equal("its pod is being deleted", agents[2].Absence);
        Assert.Equal("4", Call(DaemonSet, Pod("1", "a"), Pod("2", "b"), leaving, Pod("4", "c"))[2].Id);
    }

    [Fact]
    public void Nodes_that_the_DaemonSet_leaves_out_are_named_once_and_not_missed()
    {
        nodes["b"] = nodes["b"] with { Labels = ImmutableDictionary<string, string>.Empty.Add("os", "windows") };
        nodes["c"] = nodes["c"] with { Taints = [new V1Taint { Key = "dedicated", Value = "gpu", Effect = "NoSchedule" }] };
        var (agents, notes) = Roll(DaemonSet).Call([Pod("1", "a")]);
        Assert.Equal("1", Assert.Single(agents).Id);
        Assert.Equal("2 nodes have no agents by the wish of DaemonSet kdoctor-agent: b: it lacks the label os=linux; c: it has the taint dedicated=gpu:NoSchedule", Assert.Single(notes));

        nodes["c"] = nodes["c"] with { Taints = [new V1Taint { Key = "node.kubernetes.io/unreachable", Effect = "NoExecute" }] };
        Assert.Equal(2, Call(DaemonSet, Pod("1", "a")).Length);
    }

    [Fact]
    public void A_young_pod_that_is_not_connected_or_not_known_everywhere_may_come()
    {
        var young = Pod("1", "a") with { Created = Now.AddSeconds(-20), ReadySince = Now.AddSeconds(-2) };
        Assert.True(Roll(DaemonSet, "1").Call([young]).Agents[0].MayCome);
        Assert.True(Roll(DaemonSet).Call([young with { ReadySince = Now.AddSeconds(-8) }]).Agents[0].MayCome);
        Assert.False(Roll(DaemonSet, "1").Call([young with { ReadySince = Now.AddSeconds(-8) }]).Agents[0].MayCome);
        Assert.False(Roll(DaemonSet).Call([young with { Created = Now.AddMinutes(-2) }]).Agents[0].MayCome);
    }

    [Theory]
    [InlineData(12, true)]
    [InlineData(8, false)]
    public void A_pod_is_a_backend_once_every_node_surely_knows_that_it_is_ready(int seconds, bool backend) =>
        Assert.Equal(backend, Call(DaemonSet, Pod("1", "a") with { ReadySince = Now.AddSeconds(-seconds) })[0].IsBackend);

    [Fact]
    public void A_Deployment_misses_the_replicas_that_it_lacks()
    {
        var agents = Call(DaemonSet with { Replicas = 3 }, Pod("1", "a"), Pod("2", null) with { Trouble = new PodTrouble("its pod cannot be scheduled: Unschedulable", false) });
        Assert.Equal(3, agents.Length);
        Assert.Equal("(no node)", agents.Single(agent => agent.Id == "2").NodeName);
        Assert.Equal("missing:kdoctor-agent/replica-3", agents.Single(agent => agent.Id.StartsWith("missing", StringComparison.Ordinal)).Id);
    }

    /// <remarks>Seen red: AgentRoll lists every missing replica.</remarks>
    [Theory]
    [InlineData(101, 100, "replica-101")]
    [InlineData(102, 100, "replica-101..102")]
    [InlineData(5_000_000, 100, "replica-101..5000000")]
    public void Missing_replicas_are_listed_up_to_a_hundred_and_the_last_stands_for_the_rest(int replicas, int missing, string last)
    {
        var agents = Call(DaemonSet with { Replicas = replicas }, Pod("1", "a"));
        Assert.Equal(missing, agents.Count(agent => agent.Absence is not null));
        Assert.Contains(agents, agent => agent.Id == $"missing:kdoctor-agent/{last}");
        Assert.All(agents.Where(agent => agent.Absence is not null), agent => Assert.Contains($"has 1 of {replicas} pods", agent.Absence, StringComparison.Ordinal));
    }

    [Fact]
    public void An_agent_in_the_hosts_network_has_its_nodes_addresses_of_both_families()
    {
        var host = Pod("1", "a") with { HostNetwork = true, Ips = ["172.30.0.11"] };
        Assert.Equal(["172.30.0.11", "fd00:30::11"], Call(DaemonSet, host).Single(agent => agent.Id == "1").Addresses.Select(address => address.Ip));
    }

    private ImmutableArray<AgentInfo> Call(WorkloadFacts workload, params PodFacts[] pods) => Roll(workload).Call(pods).Agents;

    private AgentRoll Roll(WorkloadFacts workload, params string[] connected) => new(workload, nodes, connected.Contains, Now);

    private static NodeFacts Node(string name) => new()
    {
        Name = name, Labels = ImmutableDictionary<string, string>.Empty.Add("os", "linux"), Ips = ["172.30.0.11", "fd00:30::11"],
    };

    private static PodFacts Pod(string uid, string? node) => new()
    {
        Uid = uid, Name = $"pod-{uid}", Part = "kdoctor-agent", Node = node, Created = Now.AddHours(-1), Ready = true, ReadySince = Now.AddHours(-1), Ips = ["10.0.0.1", "fd00::1"],
    };
}
