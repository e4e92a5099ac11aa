using System.Collections.Immutable;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Kdoctor.Core.Planning;

namespace Kdoctor.Controller.Cluster;

/// <summary>What is kept of a Service of agents.</summary>
internal sealed record ServiceFacts
{
    /// <summary>The object as the API server told it; never changed.</summary>
    public required JsonObject Stored { get; init; }

    /// <summary>Its cluster addresses, one per family at most.</summary>
    public ImmutableArray<string> ClusterIps { get; init; } = [];

    /// <summary>Its families; without cluster addresses those that it asks for.</summary>
    public ImmutableArray<IpFamily> Families { get; init; } = [];

    public required int Port { get; init; }

    /// <summary>Null when it has none.</summary>
    public int? NodePort { get; init; }

    /// <summary>Addresses and host names that its load balancer announced.</summary>
    public ImmutableArray<AnnouncedBalancer> LoadBalancers { get; init; } = [];

    /// <summary>Whether every client keeps to one backend.</summary>
    public bool HasAffinity { get; init; }

    /// <summary>Whether node ports and load balancers lead to backends of the same node only.</summary>
    public bool ExternalIsLocal { get; init; }

    /// <summary>Whether the cluster address prefers, or keeps to, backends that are near.</summary>
    public bool InternalIsNear { get; init; }

    public static ServiceFacts Read(JsonObject stored)
    {
        var service = KubernetesJson.Deserialize<V1Service>(stored.ToJsonString());
        var spec = service.Spec;
        var ips = (spec.ClusterIPs ?? []).Append(spec.ClusterIP).Where(ip => ip is { Length: > 0 } and not "None").Distinct(StringComparer.Ordinal).ToImmutableArray();
        var port = spec.Ports?.FirstOrDefault(port => port.Name == "http") ?? spec.Ports?.FirstOrDefault();
        return new ServiceFacts
        {
            Stored = stored,
            ClusterIps = ips!,
            Families = ips.Length > 0 ? [.. ips.Select(ip => EchoAddress.FamilyOf(ip!))] : [.. (spec.IpFamilies ?? []).Select(family => family == "IPv6" ? IpFamily.IPv6 : IpFamily.IPv4)],
            Port = port?.Port ?? 80,
            NodePort = port?.NodePort is > 0 and var nodePort ? nodePort : null,
            LoadBalancers = [.. (service.Status?.LoadBalancer?.Ingress ?? []).Select(announced => announced.Ip is { Length: > 0 } ip
                ? new AnnouncedBalancer(ip, announced.IpMode != "Proxy")
                : new AnnouncedBalancer(announced.Hostname ?? "", false)).Where(announced => announced.Host.Length > 0).DistinctBy(announced => announced.Host, StringComparer.OrdinalIgnoreCase)],
            HasAffinity = spec.SessionAffinity == "ClientIP",
            ExternalIsLocal = spec.ExternalTrafficPolicy == "Local",
            InternalIsNear = spec.InternalTrafficPolicy == "Local" || spec.TrafficDistribution is { Length: > 0 }
                || (service.Metadata.Annotations ?? new Dictionary<string, string>()).Keys.Any(key => key is "service.kubernetes.io/topology-mode" or "service.kubernetes.io/topology-aware-hints"),
        };
    }
}

/// <summary>Where a load balancer answers.</summary>
/// <param name="Host">An address or a host name.</param>
/// <param name="ByNodes">
/// Whether the nodes' own service rules answer for it. A name, and an address in mode Proxy, leads to a balancer outside, which may prefer backends as it likes.
/// </param>
internal sealed record AnnouncedBalancer(string Host, bool ByNodes);
