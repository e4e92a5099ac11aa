using System.Collections.Immutable;
using Kdoctor.Core.Planning;

namespace Kdoctor.TestKit.Reports;

/// <summary>Made-up clusters: one agent on each node, IPv4 only unless asked.</summary>
public static class MeshSnapshot
{
    public static ClusterSnapshot Of(int agents, bool ipv6 = false) => new()
    {
        Agents = [.. Enumerable.Range(1, agents).Select(n => Agent(n, ipv6))],
        Nodes = [.. Enumerable.Range(1, agents).Select(n => new NodeInfo($"node-{n}", ipv6
            ? [new(IpFamily.IPv4, Ip(20, n), 30080), new(IpFamily.IPv6, $"fd00:20::{n:x}", 30080)]
            : [new(IpFamily.IPv4, Ip(20, n), 30080)]))],
        Service = new ServiceInfo(ipv6
            ? [new(IpFamily.IPv4, "10.96.0.80", 80), new(IpFamily.IPv6, "fd00:96::80", 80)]
            : [new(IpFamily.IPv4, "10.96.0.80", 80)], []),
    };

    /// <summary>The same, with a service that leads to all agents alike, from everywhere.</summary>
    public static ClusterSnapshot Spreading(int agents, bool ipv6 = false)
    {
        var snapshot = Of(agents, ipv6);
        return snapshot with
        {
            Agents = [.. snapshot.Agents.Select(agent => agent with { IsBackend = true })],
            Nodes = [.. snapshot.Nodes.Select(node => node with { Addresses = Spread(node.Addresses) })],
            Service = snapshot.Service! with { ClusterAddresses = Spread(snapshot.Service.ClusterAddresses) },
        };
    }

    public static AgentInfo Agent(int n, bool ipv6 = false, bool connected = true) => new($"id-{n}", $"agent-{n}", $"node-{n}", connected, ipv6
        ? [new(EchoAddress.PrimaryNetwork, Ip(10, n), 80), new(EchoAddress.PrimaryNetwork, $"fd00:10::{n:x}", 80)]
        : [new(EchoAddress.PrimaryNetwork, Ip(10, n), 80)]);

    private static ImmutableArray<ServiceAddress> Spread(ImmutableArray<ServiceAddress> addresses) => [.. addresses.Select(address => address with { Spreads = true })];

    private static string Ip(int net, int n) => $"10.{net}.{n / 250}.{(n % 250) + 1}";
}
