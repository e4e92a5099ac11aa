using System.Collections.Immutable;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Tasks;
using Kdoctor.TestKit.Reports;
using Xunit;

namespace Kdoctor.Tests.Core.Planning;

/// <summary>A DNS service of the cluster becomes a target for its own address and one for each replica, over the families that the task asks.</summary>
public sealed class DnsServiceTests
{
    private static readonly DnsServiceInfo KubeDns = new(new ServiceReference("kube-system", "kube-dns"),
    [
        new(DnsTransport.Udp, "10.96.0.10", 53), new(DnsTransport.Tcp, "10.96.0.10", 53), new(DnsTransport.Udp, "fd00::10", 53),
        new(DnsTransport.Udp, "10.244.1.2", 1053, "coredns-a", "node-1"), new(DnsTransport.Tcp, "10.244.1.2", 1053, "coredns-a", "node-1"),
        new(DnsTransport.Udp, "10.244.2.2", 1053, "coredns-b", "node-2"),
    ]);

    [Fact]
    public void Its_address_and_each_replica_are_targets_of_their_own()
    {
        var plan = Plan("targetDns: {}", "domain: a.test", new DnsServices([KubeDns]));
        Assert.Equal(
            ["typeA_10.96.0.10:53_a.test", "typeA_replica_coredns-a_10.244.1.2:1053_a.test", "typeA_replica_coredns-b_10.244.2.2:1053_a.test"],
            plan.Targets.Select(target => target.Name));
        Assert.Equal([null, "node-1", "node-2"], plan.Targets.Select(target => target.DestinationNode));
        Assert.Empty(plan.LeftOut);
    }

    [Fact]
    public void Addresses_of_a_family_are_asked_for_records_of_that_family_unless_the_task_says_which()
    {
        Assert.Equal(
            ["typeAAAA_[fd00::10]:53_a.test"],
            Plan("targetDns: {testIPv4: false, testIPv6: true}", "domain: a.test", new DnsServices([KubeDns])).Targets.Select(target => target.Name));
        Assert.Equal(
            ["typeA_[fd00::10]:53_a.test", "typeAAAA_[fd00::10]:53_a.test"],
            Plan("targetDns: {testIPv4: false, testIPv6: true}", "domain: a.test, recordType: both", new DnsServices([KubeDns])).Targets.Select(target => target.Name));
    }

    [Fact]
    public void Another_transport_has_its_own_ports_and_what_lacks_is_left_out()
    {
        Assert.Equal(2, Plan("targetDns: {}", "protocol: tcp", new DnsServices([KubeDns])).Targets.Length);
        var encrypted = Plan("targetDns: {}", "protocol: tcp-tls", new DnsServices([KubeDns]));
        Assert.Empty(encrypted.Targets);
        Assert.Contains("has no port for DNS over TLS", Assert.Single(encrypted.LeftOut).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, false, "the DNS service kube-system/kube-dns has no IPv6 address")]
    [InlineData(false, false, "no DNS service can be looked for here")]
    [InlineData(true, true, "there is none")]
    public void C4_what_is_not_there_is_left_out_by_name_and_never_green(bool known, bool problem, string words)
    {
        var onlyV4 = new DnsServiceInfo(KubeDns.Service, [new(DnsTransport.Udp, "10.96.0.10", 53), new(DnsTransport.Udp, "10.244.1.2", 53, "a")]);
        var plan = Plan("targetDns: {testIPv4: false, testIPv6: true}", "", !known ? null : problem ? new DnsServices([], "there is none") : new DnsServices([onlyV4]));
        Assert.Empty(plan.Targets);
        Assert.Contains(words, Assert.Single(plan.LeftOut).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_without_a_ready_replica_is_asked_and_the_replicas_are_left_out()
    {
        var plan = Plan("targetDns: {}", "", new DnsServices([new DnsServiceInfo(KubeDns.Service, [new(DnsTransport.Udp, "10.96.0.10", 53)]) { Notes = ["b is not ready"] }]));
        Assert.Single(plan.Targets);
        Assert.Contains("no replica of the DNS service kube-system/kube-dns is ready", Assert.Single(plan.LeftOut).Reason, StringComparison.Ordinal);
        Assert.Contains("b is not ready", plan.Notes);
    }

    [Fact]
    public void Of_several_services_one_family_each_is_enough()
    {
        var v6 = new DnsServiceInfo(new ServiceReference("kube-system", "kube-dns-v6"), [new(DnsTransport.Udp, "fd00::11", 53), new(DnsTransport.Udp, "fd00::12", 53, "c")]);
        var v4 = new DnsServiceInfo(KubeDns.Service, [new(DnsTransport.Udp, "10.96.0.10", 53), new(DnsTransport.Udp, "10.244.1.2", 53, "a")]);
        var plan = Plan("targetDns: {testIPv6: true}", "", new DnsServices([v4, v6]));
        Assert.Equal(4, plan.Targets.Length);
        Assert.Empty(plan.LeftOut);
    }

    [Theory]
    [InlineData("{matchLabels: {zone: a}}", 2)]
    [InlineData("{matchExpressions: [{key: zone, operator: NotIn, values: [a]}]}", 2)]
    [InlineData("{matchExpressions: [{key: zone, operator: DoesNotExist}]}", 1)]
    [InlineData("{matchExpressions: [{key: zone, operator: Exists}], matchLabels: {'kubernetes.io/hostname': node-1}}", 1)]
    [InlineData("{}", 4)]
    public void C18_only_agents_on_selected_nodes_ask(string selector, int agents)
    {
        var plan = Plan("targetUser: {server: 10.0.0.1}", "", null, $"sourceAgentNodeSelector: {selector}, ");
        Assert.Equal(agents, plan.Agents.Length);
        Assert.Equal(agents < 4, plan.Notes.Any(note => note.Contains($"{agents} of 4 agents ask", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_selector_that_no_node_meets_is_left_out_with_what_it_wanted()
    {
        var plan = Plan("targetUser: {server: 10.0.0.1}", "", null, "sourceAgentNodeSelector: {matchLabels: {zone: z}}, ");
        Assert.Empty(plan.Agents);
        Assert.Contains("(zone=z)", Assert.Single(plan.LeftOut).Reason, StringComparison.Ordinal);
    }

    /// <remarks>Seen red: SourceAgents holds the words for no node against the selector.</remarks>
    [Fact]
    public void An_agent_that_is_on_no_node_yet_is_missed_and_never_left_out_by_the_selector()
    {
        var waiting = new AgentInfo("missing:dns/replica-5", "dns@replica-5", AgentInfo.NoNode, Connected: false, []) { Absence = "Deployment dns has 4 of 5 pods" };
        var plan = Plan("targetUser: {server: 10.0.0.1}", "", null, "sourceAgentNodeSelector: {matchLabels: {zone: a}}, ", waiting);
        Assert.Equal(3, plan.Agents.Length);
        Assert.Contains(plan.Agents, agent => agent.Agent == waiting);
        Assert.Contains(plan.Notes, note => note.StartsWith("2 of 5 agents ask", StringComparison.Ordinal));
        Assert.Contains(plan.Notes, note => note.StartsWith("agents that are on no node yet: 1", StringComparison.Ordinal));
        Assert.Single(Plan("targetUser: {server: 10.0.0.1}", "", null, "sourceAgentNodeSelector: {matchLabels: {zone: z}}, ", waiting).LeftOut);
    }

    private static RoundPlan Plan(string target, string request, DnsServices? services, string more = "", params AgentInfo[] further)
    {
        var file = TaskFile.Read(
            $"apiVersion: kdoctor.io/v1beta1\nkind: Netdns\nmetadata: {{name: a}}\nspec: {{{more}request: {{{request}}}, target: {{{target}}}}}", TaskLimits.Default);
        Assert.Empty(file.Problems);
        var snapshot = MeshSnapshot.Of(4);
        string?[] zones = ["a", "a", "b", null];
        return RoundPlanner.Plan(file.Readings[0].Task!, snapshot with
        {
            Agents = [.. snapshot.Agents, .. further],
            Dns = services,
            Nodes = [.. snapshot.Nodes.Select((node, place) => node with
            {
                Labels = ImmutableDictionary<string, string>.Empty.Add("kubernetes.io/hostname", node.Name)
                    .AddRange(zones[place] is { } zone ? [KeyValuePair.Create("zone", zone)] : []),
            })],
        }, 1, MeshRound.Noon, MeshRound.Noon);
    }
}
