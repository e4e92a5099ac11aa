using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Kdoctor.Core.Deployment;

namespace Kdoctor.Controller.Certificates;

/// <summary>What the serving certificate must be good for.</summary>
/// <param name="Hosts">DNS names.</param>
/// <param name="Addresses">Addresses.</param>
internal sealed record ServingNames(ImmutableArray<string> Hosts, ImmutableArray<IPAddress> Addresses)
{
    /// <summary>
    /// The names by which the controller's Service is called, and its cluster addresses. API servers and agents check the name <c>SERVICE.NAMESPACE.svc</c>
    /// whatever address they dial.
    /// </summary>
    /// <param name="ns">The controller's namespace.</param>
    /// <param name="service">The Service; null when there is none, or none that may be read.</param>
    public static ServingNames Of(string ns, JsonObject? service)
    {
        const string name = ClusterNames.Controller;
        var spec = service?["spec"];
        var addresses = (spec?["clusterIPs"] as JsonArray ?? [])
            .Append(spec?["clusterIP"]?.DeepClone())
            .Select(address => IPAddress.TryParse(address?.GetValue<string>(), out var parsed) ? parsed : null)
            .OfType<IPAddress>()
            .Concat([IPAddress.Loopback, IPAddress.IPv6Loopback])
            .Distinct();
        return new ServingNames([$"{name}.{ns}.svc", name, $"{name}.{ns}", $"{name}.{ns}.svc.cluster.local", "localhost"], [.. addresses]);
    }

    /// <summary>Whether a certificate is good for all of them.</summary>
    public bool AreCoveredBy(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().ToList();
        return names.SelectMany(extension => extension.EnumerateDnsNames()).ToHashSet(StringComparer.OrdinalIgnoreCase).IsSupersetOf(Hosts)
            && names.SelectMany(extension => extension.EnumerateIPAddresses()).ToHashSet().IsSupersetOf(Addresses);
    }
}
