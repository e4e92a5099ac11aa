using System.Collections.Immutable;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Core.Planning;

/// <summary>The concrete addresses at which the agents' mesh is reached over one channel and family.</summary>
internal static class MeshTargets
{
    public static FoundTargets Find(MeshQuery query, string taskName, ClusterSnapshot snapshot)
    {
        var path = $"/kdoctoragent?task={Uri.EscapeDataString(taskName)}";
        return query.Channel switch
        {
            Channel.PodIP => Pods(query, path, snapshot),
            Channel.Multus => Multus(query, path, snapshot),
            Channel.ClusterIP => ServiceAddresses(query, path, snapshot.Service?.ClusterAddresses, "AgentCluster", $"the agents' service has no {query.Family} cluster address"),
            Channel.NodePort => NodePorts(query, path, snapshot),
            Channel.LoadBalancer => ServiceAddresses(query, path, snapshot.Service?.LoadBalancerAddresses, "AgentLoadbalancer", $"no load balancer has announced an {query.Family} address for the agents' service"),
            Channel.Ingress => Ingress(query, taskName, snapshot),
            _ => throw new ArgumentOutOfRangeException(nameof(query), query.Channel, "not a channel of the mesh"),
        };
    }

    private static FoundTargets Pods(MeshQuery query, string path, ClusterSnapshot snapshot)
    {
        var targets = ImmutableArray.CreateBuilder<Target>();
        var leftOut = ImmutableArray.CreateBuilder<LeftOut>();
        var present = snapshot.Agents.Where(agent => agent.Absence is null).ToList();
        foreach (var agent in present)
        {
            var address = agent.Addresses.FirstOrDefault(a => a.Network == EchoAddress.PrimaryNetwork && a.Family == query.Family);
            if (address is null)
                leftOut.Add(new(query.Channel, query.Family, $"agent {agent.Name} on {agent.NodeName} has no {query.Family} address"));
            else
                targets.Add(ToAgent(query, path, $"AgentPod{Suffix(query.Family)}_{agent.Name}_{address.Ip}", agent, address));
        }
        return new(targets.ToImmutable(), Summarised(query, leftOut, present.Count, $"no agent has an {query.Family} address"));
    }

    // Every further interface of every agent; an agent without one is left out with its name, not passed over.
    private static FoundTargets Multus(MeshQuery query, string path, ClusterSnapshot snapshot)
    {
        var targets = ImmutableArray.CreateBuilder<Target>();
        var leftOut = ImmutableArray.CreateBuilder<LeftOut>();
        var present = snapshot.Agents.Where(agent => agent.Absence is null).ToList();
        foreach (var agent in present)
        {
            var addresses = agent.Addresses.Where(address => address.Network != EchoAddress.PrimaryNetwork && address.Family == query.Family).ToList();
            if (addresses.Count == 0)
                leftOut.Add(new(query.Channel, query.Family, $"agent {agent.Name} on {agent.NodeName} has no second interface with an {query.Family} address"));
            targets.AddRange(addresses.Select(address =>
                ToAgent(query, path, $"AgentMultus{Suffix(query.Family)}_{agent.Name}_{address.Network}_{address.Ip}", agent, address)));
        }
        return new(targets.ToImmutable(), Summarised(query, leftOut, present.Count, $"no agent has a second interface with an {query.Family} address"));
    }

    private static FoundTargets ServiceAddresses(MeshQuery query, string path, ImmutableArray<ServiceAddress>? addresses, string name, string missing)
    {
        var targets = (addresses ?? [])
            .Where(address => address.Family == query.Family)
            .Select(address => New(query, path, $"{name}{Suffix(query.Family)}_{Authority(address.Host, address.Port)}", address.Host, address.Port) with { Spreads = address.Spreads })
            .ToImmutableArray();
        return targets.Length > 0 ? new(targets, []) : FoundTargets.None(query.Channel, query.Family, missing);
    }

    // The node port of every node, not only of the prober's own: a node whose rules are broken is seen by all the others.
    private static FoundTargets NodePorts(MeshQuery query, string path, ClusterSnapshot snapshot)
    {
        var targets = ImmutableArray.CreateBuilder<Target>();
        var leftOut = ImmutableArray.CreateBuilder<LeftOut>();
        foreach (var node in snapshot.Nodes)
        {
            var address = node.Addresses.FirstOrDefault(a => a.Family == query.Family);
            if (node.Absence is { } absence)
                leftOut.Add(new(query.Channel, query.Family, $"node {node.Name}: {absence}"));
            else if (address is null)
                leftOut.Add(new(query.Channel, query.Family, $"node {node.Name} has no {query.Family} address with a node port"));
            else
                targets.Add(New(query, path, $"AgentNodePort{Suffix(query.Family)}_{address.Host}_{address.Port}", address.Host, address.Port) with { DestinationNode = node.Name, Spreads = address.Spreads });
        }
        return snapshot.Nodes.IsEmpty
            ? FoundTargets.None(query.Channel, query.Family, "the agents' service has no node port")
            : new(targets.ToImmutable(), Summarised(query, leftOut, snapshot.Nodes.Length, $"no node has an {query.Family} address with a node port"));
    }

    private static FoundTargets Ingress(MeshQuery query, string taskName, ClusterSnapshot snapshot)
    {
        if (snapshot.Ingress is not { } ingress || !ingress.Addresses.Any(address => address.Family == query.Family))
            return FoundTargets.None(query.Channel, query.Family, $"no ingress controller has announced an {query.Family} address for the agents' ingress");
        var path = $"{ingress.Path}?task={Uri.EscapeDataString(taskName)}";
        var version = query.Family == IpFamily.IPv4 ? "v4" : "v6";
        return new([.. ingress.Addresses
            .Where(address => address.Family == query.Family)
            .Select(address => New(query, path, "", address.Host, address.Port, ingress.HostHeader, ingress.Tls) with { Spreads = address.Spreads })
            .Select(target => target with { Name = $"AgentIngress_{version}_{target.Url}" })], []);
    }

    // One line per channel where all lack the family, instead of one for each.
    private static ImmutableArray<LeftOut> Summarised(MeshQuery query, ImmutableArray<LeftOut>.Builder leftOut, int all, string summary) =>
        leftOut.Count > 1 && leftOut.Count == all ? [new(query.Channel, query.Family, summary)] : leftOut.ToImmutable();

    private static Target ToAgent(MeshQuery query, string path, string name, AgentInfo agent, EchoAddress address) =>
        New(query, path, name, address.Ip, address.Port) with { DestinationAgentId = agent.Id, DestinationNode = agent.NodeName };

    private static Target New(MeshQuery query, string path, string name, string host, int port, string? hostHeader = null, bool tls = false) => new()
    {
        Index = 0,
        Name = name,
        Channel = query.Channel,
        Family = query.Family,
        Host = host,
        Port = port,
        Url = $"{(tls ? "https" : "http")}://{Authority(host, port)}{path}",
        Request = new HttpRequestPlan
        {
            Method = "GET",
            RequestTarget = path,
            HostHeader = hostHeader ?? Authority(host, port),
            Echo = true,
            KeepAlive = query.KeepAlive,
            Tls = tls ? new TlsPlan { ServerName = hostHeader } : null,
        },
    };

    private static string Suffix(IpFamily family) => family == IpFamily.IPv4 ? "V4IP" : "V6IP";

    // RFC 3986 section 3.2.2: an IPv6 literal is bracketed.
    internal static string Authority(string host, int port) =>
        FormattableString.Invariant(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : (FormattableString)$"{host}:{port}");
}
