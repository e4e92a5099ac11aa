using CsCheck;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Schedules;
using Kdoctor.Core.Tasks;
using Kdoctor.TestKit.Reports;
using Xunit;

namespace Kdoctor.Tests.Core.Planning;

public sealed class RoundPlannerTests
{
    private static readonly Channel[] MeshChannels = [Channel.PodIP, Channel.Multus, Channel.ClusterIP, Channel.NodePort, Channel.LoadBalancer, Channel.Ingress];

    [Fact]
    public void Three_agents_have_three_pods_one_cluster_address_and_three_node_ports()
    {
        var plan = MeshRound.Of(3).Plan;
        Assert.Equal(
        [
            "AgentClusterV4IP_10.96.0.80:80",
            "AgentPodV4IP_agent-1_10.10.0.2", "AgentPodV4IP_agent-2_10.10.0.3", "AgentPodV4IP_agent-3_10.10.0.4",
            "AgentNodePortV4IP_10.20.0.2_30080", "AgentNodePortV4IP_10.20.0.3_30080", "AgentNodePortV4IP_10.20.0.4_30080",
        ], plan.Targets.Select(target => target.Name));
        Assert.Empty(plan.LeftOut);
        Assert.All(plan.Agents, agent => Assert.Equal(7, plan.TargetsOf(agent).Count()));
        Assert.Equal(100, plan.Load.RequestsPerTarget);
        Assert.Equal(("http://10.10.0.3:80/kdoctoragent?task=reach-task", "10.10.0.3:80", "id-2"), (plan.Targets[2].Url, Http(plan.Targets[2]).HostHeader, plan.Targets[2].DestinationAgentId));
    }

    /// <summary>C23, node ports were tried on the own node only. Against the defect: an agent's plan has one node port, and here it has every node's.</summary>
    /// <remarks>Seen red: MeshTargets takes the first node; HttpRequestPlan keeps connections; LoadRecord counts no backend; the report shows none.</remarks>
    [Fact]
    public void C23_every_agent_probes_the_node_port_of_every_node()
    {
        var plan = MeshRound.Of(4).Plan;
        Assert.All(plan.Agents, agent => Assert.Equal(4, plan.TargetsOf(agent).Where(target => target.Channel == Channel.NodePort).Select(target => target.DestinationNode).Distinct().Count()));
        Assert.All(plan.Targets, target => Assert.False(Http(target).KeepAlive));
    }

    /// <summary>C20, a plan held every pair. Against the defect: each agent carries its own list of all targets, and the plan grows with the square of the cluster.</summary>
    /// <remarks>Seen red: RoundPlanner lists all targets for each agent.</remarks>
    [Fact]
    public void C20_the_plan_grows_with_the_cluster_and_not_with_its_square()
    {
        var plan = MeshRound.Of(250).Plan;
        Assert.Equal(501, plan.Targets.Length);
        Assert.All(plan.Agents, agent => Assert.Null(agent.Targets));
    }

    /// <summary>Seen red: the deadline was an hour after the due time, whenever the crontab's next one was.</summary>
    [Theory]
    [InlineData("*/5 * * * *", 60, 5)]
    [InlineData("*/5 * * * *", 3, 3)]
    [InlineData("0,20 * * * *", 60, 20)]
    public void A_round_of_a_crontab_ends_before_the_next_is_due(string schedule, int timeout, int minutes)
    {
        var task = MeshTask.Define(100, new Expectation(1, TimeSpan.FromSeconds(1)), MeshTask.DefaultQueries) with
        {
            Schedule = ScheduleText.Parse(schedule, out _)!,
            RoundTimeout = TimeSpan.FromMinutes(timeout),
        };
        Assert.Equal(MeshRound.Noon.AddMinutes(minutes), RoundPlanner.Plan(task, MeshSnapshot.Of(2), 1, MeshRound.Noon, MeshRound.Noon.AddSeconds(1)).Deadline);
    }

    [Fact]
    public void Without_ipv6_every_ipv6_channel_is_left_out_with_its_reason()
    {
        var plan = MeshRound.Of(3, queries: MeshTask.Queries(IpFamily.IPv6, MeshChannels)).Plan;
        Assert.Empty(plan.Targets);
        Assert.Equal(
        [
            (Channel.PodIP, "no agent has an IPv6 address"),
            (Channel.Multus, "no agent has a second interface with an IPv6 address"),
            (Channel.ClusterIP, "the agents' service has no IPv6 cluster address"),
            (Channel.NodePort, "no node has an IPv6 address with a node port"),
            (Channel.LoadBalancer, "no load balancer has announced an IPv6 address for the agents' service"),
            (Channel.Ingress, "no ingress controller has announced an IPv6 address for the agents' ingress"),
        ], plan.LeftOut.Select(left => (left.Channel, left.Reason)));
    }

    [Fact]
    public void One_agent_or_node_without_an_address_is_left_out_by_name()
    {
        var snapshot = MeshSnapshot.Of(3);
        snapshot = snapshot with
        {
            Agents = snapshot.Agents.SetItem(1, snapshot.Agents[1] with { Addresses = [] }),
            Nodes = snapshot.Nodes.SetItem(2, snapshot.Nodes[2] with { Addresses = [] }),
        };
        var plan = MeshRound.Of(3, queries: MeshTask.Queries(IpFamily.IPv4, Channel.PodIP, Channel.NodePort), snapshot: snapshot).Plan;
        Assert.Equal(["agent agent-2 on node-2 has no IPv4 address", "node node-3 has no IPv4 address with a node port"], plan.LeftOut.Select(left => left.Reason));
        Assert.Equal(4, plan.Targets.Length);
    }

    [Fact]
    public void An_agent_without_a_second_interface_is_not_passed_over()
    {
        var snapshot = MeshSnapshot.Of(2);
        var second = snapshot.Agents[0] with { Addresses = snapshot.Agents[0].Addresses.Add(new EchoAddress("net1", "192.168.7.1", 80)) };
        var plan = MeshRound.Of(2, queries: MeshTask.Queries(IpFamily.IPv4, Channel.Multus), snapshot: snapshot with { Agents = snapshot.Agents.SetItem(0, second) }).Plan;
        Assert.Equal("AgentMultusV4IP_agent-1_net1_192.168.7.1", Assert.Single(plan.Targets).Name);
        Assert.Equal("agent agent-2 on node-2 has no second interface with an IPv4 address", Assert.Single(plan.LeftOut).Reason);
    }

    /// <summary>C17, addresses came out wrong. Against the defect: a load balancer with a name has no host in its URL, and an IPv6 address no brackets.</summary>
    /// <remarks>Seen red: MeshTargets.Authority without brackets; NodeFacts takes any address from the end, ServiceFacts no names.</remarks>
    [Fact]
    public void C17_a_load_balancers_name_and_an_ipv6_address_make_urls_that_work()
    {
        var snapshot = MeshSnapshot.Of(1, ipv6: true);
        snapshot = snapshot with
        {
            Service = snapshot.Service! with { LoadBalancerAddresses = [new(IpFamily.IPv4, "lb.example.net", 80), new(IpFamily.IPv6, "2001:db8::7", 8080)] },
            Ingress = new IngressInfo([new(IpFamily.IPv4, "10.30.0.1", 80)], "/kdoctoragent", "echo.example.net"),
        };
        var queries = MeshTask.Queries(IpFamily.IPv4, Channel.LoadBalancer, Channel.Ingress).Concat(MeshTask.Queries(IpFamily.IPv6, Channel.LoadBalancer, Channel.PodIP));
        var plan = MeshRound.Of(1, queries: queries, snapshot: snapshot).Plan;
        Assert.Equal(
        [
            ("AgentLoadbalancerV4IP_lb.example.net:80", "http://lb.example.net:80/kdoctoragent?task=reach-task", "lb.example.net:80"),
            ("AgentIngress_v4_http://10.30.0.1:80/kdoctoragent?task=reach-task", "http://10.30.0.1:80/kdoctoragent?task=reach-task", "echo.example.net"),
            ("AgentLoadbalancerV6IP_[2001:db8::7]:8080", "http://[2001:db8::7]:8080/kdoctoragent?task=reach-task", "[2001:db8::7]:8080"),
            ("AgentPodV6IP_agent-1_fd00:10::1", "http://[fd00:10::1]:80/kdoctoragent?task=reach-task", "[fd00:10::1]:80"),
        ], plan.Targets.Select(target => (target.Name, target.Url, Http(target).HostHeader)));
    }

    [Fact]
    public void An_agent_that_is_not_connected_is_planned_all_the_same()
    {
        var snapshot = MeshSnapshot.Of(2);
        snapshot = snapshot with { Agents = snapshot.Agents.SetItem(1, MeshSnapshot.Agent(2, connected: false)) };
        Assert.Equal(["id-1", "id-2"], MeshRound.Of(2, snapshot: snapshot).Plan.Agents.Select(agent => agent.Agent.Id));
    }

    [Fact]
    public void Every_query_leads_to_targets_or_reasons_and_indexes_are_places() =>
        Gen.Select(Gen.Int[1, 12], Gen.Bool, Gen.Enum<IpFamily>().Select(Gen.OneOf([.. MeshChannels.Select(channel => Gen.Const(channel))])).Array[1, 8]).Sample((agents, ipv6, asked) =>
        {
            var queries = asked.Select(pair => (TargetQuery)new MeshQuery(pair.Item2, pair.Item1)).Distinct().ToList();
            var plan = MeshRound.Of(agents, queries: queries, snapshot: MeshSnapshot.Of(agents, ipv6)).Plan;
            Assert.Equal(Enumerable.Range(0, plan.Targets.Length), plan.Targets.Select(target => target.Index));
            Assert.Equal(plan.Targets.Length, plan.Targets.Select(target => target.Name).Distinct().Count());
            Assert.All(queries.Cast<MeshQuery>(), query => Assert.True(
                plan.Targets.Any(target => target.Channel == query.Channel && target.Family == query.Family)
                || plan.LeftOut.Any(left => left.Channel == query.Channel && left.Family == query.Family && left.Reason.Length > 0)));
            Assert.All(plan.Targets, target => Assert.True(Uri.TryCreate(target.Url, UriKind.Absolute, out var url) && url.Port == target.Port));
        }, iter: 200);

    private static HttpRequestPlan Http(Target target) => Assert.IsType<HttpRequestPlan>(target.Request);
}
