using k8s.Models;

namespace Kdoctor.Controller.Inputs;

/// <summary>The endpoints of a service that share their ports: an EndpointSlice, or a subset of Endpoints.</summary>
/// <param name="Ports">By the name that the service's port has.</param>
/// <param name="Replicas">Who answers there.</param>
internal sealed record DnsReplicas(IReadOnlyList<ReplicaPort> Ports, IReadOnlyList<Replica> Replicas)
{
    /// <summary>From <c>discovery.k8s.io/v1</c>, which has every family.</summary>
    public static DnsReplicas Of(V1EndpointSlice slice) => new(
        [.. (slice.Ports ?? []).Where(port => port.Port is not null).Select(port => new ReplicaPort(port.Name ?? "", port.Protocol ?? "TCP", port.Port!.Value))],
        [.. (slice.AddressType is "IPv4" or "IPv6" ? slice.Endpoints ?? [] : []).Where(endpoint => endpoint.Addresses is { Count: > 0 }).Select(endpoint =>
            new Replica(endpoint.Addresses[0], endpoint.TargetRef?.Name ?? endpoint.Addresses[0], endpoint.NodeName, endpoint.Conditions?.Ready != false))]);

    /// <summary>From <c>core/v1</c>, for servers before 1.21; it has the service's first family alone.</summary>
    public static IEnumerable<DnsReplicas> Of(V1Endpoints endpoints) => (endpoints.Subsets ?? []).Select(subset => new DnsReplicas(
        [.. (subset.Ports ?? []).Select(port => new ReplicaPort(port.Name ?? "", port.Protocol ?? "TCP", port.Port))],
        [
            .. (subset.Addresses ?? []).Select(address => Of(address, ready: true)),
            .. (subset.NotReadyAddresses ?? []).Select(address => Of(address, ready: false)),
        ]));

    private static Replica Of(V1EndpointAddress address, bool ready) => new(address.Ip, address.TargetRef?.Name ?? address.Ip, address.NodeName, ready);
}

/// <summary>A port on which replicas answer.</summary>
internal sealed record ReplicaPort(string Name, string Protocol, int Number);

/// <summary>One replica of a service.</summary>
internal sealed record Replica(string Ip, string Name, string? NodeName, bool Ready);
