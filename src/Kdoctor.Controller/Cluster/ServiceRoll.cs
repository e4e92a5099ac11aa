using System.Collections.Immutable;
using Kdoctor.Core.Planning;

namespace Kdoctor.Controller.Cluster;

/// <summary>At which addresses agents are reached through their Services and their Ingress. Pure.</summary>
internal static class ServiceRoll
{
    private const int HttpPort = 80;
    private const int HttpsPort = 443;

    /// <summary>The Services' cluster and load balancer addresses; null without any Service.</summary>
    public static ServiceInfo? Service(IReadOnlyCollection<ServiceFacts> services) => services.Count == 0 ? null : new ServiceInfo(
        [.. services
            .SelectMany(service => service.ClusterIps.Select(ip => new ServiceAddress(EchoAddress.FamilyOf(ip), ip, service.Port, !service.HasAffinity && !service.InternalIsNear)))
            .DistinctBy(address => address.Family)],
        [.. services.SelectMany(service => service.LoadBalancers.SelectMany(balancer => Hosted(
            balancer.Host, service.Families, service.Port, balancer.ByNodes && !service.HasAffinity && !service.ExternalIsLocal)))]);

    /// <summary>Every node with the node port that it has in each family; with no address where the Services have none.</summary>
    /// <param name="services">The agents' Services.</param>
    /// <param name="nodes">The cluster's nodes.</param>
    /// <param name="backendNodes">The nodes with an agent that is ready.</param>
    public static ImmutableArray<NodeInfo> Nodes(IReadOnlyCollection<ServiceFacts> services, IEnumerable<NodeFacts> nodes, IReadOnlySet<string> backendNodes)
    {
        var ports = services
            .Where(service => service.NodePort is not null)
            .SelectMany(service => service.Families.Select(family => (Family: family, Port: service.NodePort!.Value, Service: service)))
            .DistinctBy(port => port.Family)
            .ToList();
        var local = ports.Any(port => port.Service.ExternalIsLocal);
        return [.. nodes.OrderBy(node => node.Name, StringComparer.Ordinal).Select(node => new NodeInfo(
            node.Name,
            [.. ports.Where(port => node.Ip(port.Family) is not null).Select(port => new ServiceAddress(
                port.Family, node.Ip(port.Family)!, port.Port, !port.Service.HasAffinity && !port.Service.ExternalIsLocal))])
        {
            Labels = node.Labels,
            Absence = node.Trouble ?? (local && !backendNodes.Contains(node.Name) ? "the agents' service keeps to backends of the same node (externalTrafficPolicy: Local), and it has none" : null),
        })];
    }

    /// <summary>The Ingress's addresses; null without an Ingress.</summary>
    public static IngressInfo? Ingress(IngressFacts? ingress, IReadOnlyCollection<ServiceFacts> services)
    {
        if (ingress is null)
            return null;
        ImmutableArray<IpFamily> families = [.. services.SelectMany(service => service.Families).Distinct()];
        var port = ingress.Tls ? HttpsPort : HttpPort;

        // An ingress controller keeps connections of its own, and may prefer backends as it likes.
        return new IngressInfo([.. ingress.Addresses.SelectMany(host => Hosted(host, families, port, false))], ingress.Path, ingress.Host) { Tls = ingress.Tls };
    }

    // A literal has its own family, whatever the Service's is; a name is asked for each of the Service's.
    private static IEnumerable<ServiceAddress> Hosted(string host, ImmutableArray<IpFamily> families, int port, bool spreads) =>
        System.Net.IPAddress.TryParse(host, out _)
            ? [new ServiceAddress(EchoAddress.FamilyOf(host), host, port, spreads)]
            : families.Select(family => new ServiceAddress(family, host, port, spreads));
}
