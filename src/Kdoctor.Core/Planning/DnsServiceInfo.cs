using System.Collections.Immutable;

namespace Kdoctor.Core.Planning;

/// <summary>The service that a task names, by its namespace and name.</summary>
/// <param name="Namespace">Where it is.</param>
/// <param name="Name">Its name there.</param>
public sealed record ServiceReference(string Namespace, string Name)
{
    /// <summary>For people: <c>kube-system/kube-dns</c>.</summary>
    public override string ToString() => $"{Namespace}/{Name}";
}

/// <summary>The DNS services that a task asks, or why there are none.</summary>
/// <param name="Services">Those found, in a stable order.</param>
/// <param name="Problem">Why none was found, and what would change that; null when one was.</param>
public sealed record DnsServices(ImmutableArray<DnsServiceInfo> Services, string? Problem = null);

/// <summary>A DNS service as planning sees it.</summary>
/// <param name="Service">Which.</param>
/// <param name="Addresses">Where it answers: its own addresses first, then those of its replicas.</param>
public sealed record DnsServiceInfo(ServiceReference Service, ImmutableArray<DnsAddress> Addresses)
{
    /// <summary>Why the replicas are not known; null when they are.</summary>
    public string? ReplicasProblem { get; init; }

    /// <summary>Facts that a reader of the report needs, for example a replica that is not ready and therefore not asked.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];
}

/// <summary>One address at which a DNS service answers.</summary>
/// <param name="Transport">What is spoken there.</param>
/// <param name="Ip">An IPv4 or IPv6 literal.</param>
/// <param name="Port">1..65535.</param>
/// <param name="Replica">The replica that it belongs to, a pod's name as a rule; null for the service's own.</param>
/// <param name="NodeName">The replica's node; null where it is not known.</param>
public sealed record DnsAddress(DnsTransport Transport, string Ip, int Port, string? Replica = null, string? NodeName = null)
{
    /// <summary>The family of <see cref="Ip"/>.</summary>
    public IpFamily Family => EchoAddress.FamilyOf(Ip);
}
