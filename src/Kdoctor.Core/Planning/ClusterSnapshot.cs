using System.Collections.Immutable;

namespace Kdoctor.Core.Planning;

/// <summary>What the controller knew of nodes, agents and services at the moment a round was planned. Plain data, so that planning is pure.</summary>
public sealed record ClusterSnapshot
{
    /// <summary>The agents that should take part, connected or not, in a stable order.</summary>
    public required ImmutableArray<AgentInfo> Agents { get; init; }

    /// <summary>Every node, with its labels and the addresses at which it has a node port.</summary>
    public ImmutableArray<NodeInfo> Nodes { get; init; } = [];

    /// <summary>The agents' service; null when there is none.</summary>
    public ServiceInfo? Service { get; init; }

    /// <summary>The ingress of the agents' service; null when there is none.</summary>
    public IngressInfo? Ingress { get; init; }

    /// <summary>The DNS services that the task asks; null where it asks none.</summary>
    public DnsServices? Dns { get; init; }

    /// <summary>What was read of the objects that the task names; null where it names none.</summary>
    public ImmutableDictionary<ObjectReference, ObjectContent>? Contents { get; init; }

    /// <summary>Facts about the place that a reader of the report needs, for example that IPv6 targets differ by port.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];
}

/// <summary>An agent as planning sees it.</summary>
/// <param name="Id">Its identity.</param>
/// <param name="Name">Pod name, or the name given to it.</param>
/// <param name="NodeName">The node or host that it runs on; <see cref="NoNode"/> for none yet.</param>
/// <param name="Connected">Whether its stream to the controller was open.</param>
/// <param name="Addresses">Where its echo answers.</param>
public sealed record AgentInfo(string Id, string Name, string NodeName, bool Connected, ImmutableArray<EchoAddress> Addresses)
{
    /// <summary>The <see cref="NodeName"/> of an agent that no node has been chosen for.</summary>
    public const string NoNode = "(no node)";

    /// <summary>Why it cannot take part though it should: it is planned as silent, asked nothing, and no target. Null when it can.</summary>
    public string? Absence { get; init; }

    /// <summary>
    /// Whether it is absent because its pod is just being replaced or started, and has not been for long: nobody's fault then, and no proof of health
    /// either. False where nothing is known of pods.
    /// </summary>
    public bool Changing { get; init; }

    /// <summary>Whether it is not connected, or its service does not lead to it, but may be within seconds: a round may wait for it a little.</summary>
    public bool MayCome { get; init; }

    /// <summary>Whether the agents' service leads to it, for so long that every node knows.</summary>
    public bool IsBackend { get; init; }
}

/// <summary>One address of an agent's echo.</summary>
/// <param name="Network"><see cref="PrimaryNetwork"/>, or the name of a further interface.</param>
/// <param name="Ip">An IPv4 or IPv6 literal.</param>
/// <param name="Port">1..65535.</param>
public sealed record EchoAddress(string Network, string Ip, int Port)
{
    /// <summary>The name of an agent's primary network.</summary>
    public const string PrimaryNetwork = "pod";

    /// <summary>The family of <see cref="Ip"/>.</summary>
    public IpFamily Family => FamilyOf(Ip);

    /// <summary>The family of an address literal.</summary>
    public static IpFamily FamilyOf(string ip) => ip.Contains(':', StringComparison.Ordinal) ? IpFamily.IPv6 : IpFamily.IPv4;
}

/// <summary>A node as planning sees it.</summary>
/// <param name="Name">The node's name.</param>
/// <param name="Addresses">Its internal addresses, at most one per family, each with the node port that the service has there.</param>
public sealed record NodeInfo(string Name, ImmutableArray<ServiceAddress> Addresses)
{
    /// <summary>Its labels.</summary>
    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Why its node port cannot be tested now; null when it can.</summary>
    public string? Absence { get; init; }
}

/// <summary>The agents' service.</summary>
/// <param name="ClusterAddresses">At most one per family.</param>
/// <param name="LoadBalancerAddresses">Addresses or host names that a load balancer announced.</param>
public sealed record ServiceInfo(ImmutableArray<ServiceAddress> ClusterAddresses, ImmutableArray<ServiceAddress> LoadBalancerAddresses);

/// <summary>An address with a port on which a service answers.</summary>
/// <param name="Family">The family asked on it.</param>
/// <param name="Host">An address literal, or a host name.</param>
/// <param name="Port">1..65535.</param>
/// <param name="Spreads">Whether requests to it are spread over all backends by chance, so that one which never answers is a finding.</param>
public sealed record ServiceAddress(IpFamily Family, string Host, int Port, bool Spreads = false);

/// <summary>The agents' ingress.</summary>
/// <param name="Addresses">Where the ingress controller answers.</param>
/// <param name="Path">The path that leads to the agents, for example <c>/kdoctoragent</c>.</param>
/// <param name="HostHeader">The rule's host; null when the rule has none.</param>
public sealed record IngressInfo(ImmutableArray<ServiceAddress> Addresses, string Path, string? HostHeader)
{
    /// <summary>
    /// Whether it is reached over TLS. The name asked for is the rule's host. The certificate is not verified: who may vouch for it is not known here,
    /// and that the answer is an agent's is proven by its identity and nonce. What it says of itself, its times and names, is told in the report.
    /// </summary>
    public bool Tls { get; init; }
}
