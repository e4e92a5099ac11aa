using System.Collections.Immutable;
using System.Net;
using k8s.Models;
using Kdoctor.Core.Planning;

namespace Kdoctor.Controller.Inputs;

/// <summary>
/// Where a DNS service and its replicas answer, out of the objects that describe it. Pure.
/// 1. Each way of asking has at most one port of the service.
/// 2. The service answers at its cluster addresses with those ports.
/// 3. Each replica that is ready answers with the ports that the service's lead to; one that is not is noted, for the service does not lead to it.
/// </summary>
internal static class DnsServiceReading
{
    /// <summary>More replicas than this are not asked: every agent asks each of them.</summary>
    public const int MaxReplicas = 256;

    private const int UsualPort = 53;
    private const int TlsPort = 853;

    public static DnsServiceInfo Read(V1Service service, IReadOnlyCollection<DnsReplicas> groups, string? replicasProblem)
    {
        var reference = new ServiceReference(service.Metadata.NamespaceProperty, service.Metadata.Name);
        var notes = ImmutableArray.CreateBuilder<string>();

        // 1. Ports.
        var ports = PortsOf(service.Spec.Ports ?? []);

        // 2. The service.
        var addresses = ClusterAddresses(service.Spec)
            .SelectMany(ip => ports.Select(port => new DnsAddress(port.Transport, ip, port.Port.Port)))
            .ToImmutableArray().ToBuilder();
        if (addresses.Count == 0)
            notes.Add($"the DNS service {reference} has no address of its own; only its replicas are asked");

        // 3. The replicas.
        var replicas = groups.SelectMany(group => group.Replicas.Select(replica => (Group: group, Replica: replica)))
            .DistinctBy(entry => (entry.Replica.Ip, entry.Group.Ports))
            .OrderBy(entry => entry.Replica.Name, StringComparer.Ordinal).ThenBy(entry => entry.Replica.Ip, StringComparer.Ordinal)
            .ToList();
        foreach (var (group, replica) in replicas.Where(entry => entry.Replica.Ready).Take(MaxReplicas))
        {
            addresses.AddRange(ports
                .Select(port => (port.Transport, Found: group.Ports.FirstOrDefault(found => found.Name == (port.Port.Name ?? "") && found.Protocol == ProtocolOf(port.Port))))
                .Where(port => port.Found is not null)
                .Select(port => new DnsAddress(port.Transport, replica.Ip, port.Found!.Number, replica.Name, replica.NodeName)));
        }
        notes.AddRange(replicas.Where(entry => !entry.Replica.Ready).Take(MaxReplicas).Select(entry =>
            $"the replica {entry.Replica.Name} ({entry.Replica.Ip}) of the DNS service {reference} is not ready: the service does not lead to it, and it is not asked"));
        if (replicas.Count(entry => entry.Replica.Ready) is > MaxReplicas and var many)
            notes.Add($"the DNS service {reference} has {many} replicas; the first {MaxReplicas} by name are asked");
        return new DnsServiceInfo(reference, addresses.ToImmutable()) { ReplicasProblem = replicasProblem, Notes = notes.ToImmutable() };
    }

    private static List<(DnsTransport Transport, V1ServicePort Port)> PortsOf(IList<V1ServicePort> all)
    {
        var found = new List<(DnsTransport, V1ServicePort)>();
        var streams = all.Where(port => ProtocolOf(port) == "TCP").ToList();
        var encrypted = streams.Find(port => port.Port == TlsPort) ?? streams.Find(IsForTls);
        Add(DnsTransport.Udp, Usual([.. all.Where(port => ProtocolOf(port) == "UDP")]));
        Add(DnsTransport.Tcp, Usual([.. streams.Where(port => port != encrypted)]));
        Add(DnsTransport.Tls, encrypted);
        return found;

        void Add(DnsTransport transport, V1ServicePort? port)
        {
            if (port is not null)
                found.Add((transport, port));
        }
    }

    // A service of DNS may serve other things too, metrics above all.
    private static V1ServicePort? Usual(List<V1ServicePort> ports) =>
        ports.Find(port => port.Port == UsualPort) ?? ports.Find(port => port.Name?.Contains("dns", StringComparison.Ordinal) == true) ?? (ports.Count == 1 ? ports[0] : null);

    private static bool IsForTls(V1ServicePort port) => port.Name is { } name && (name.Contains("tls", StringComparison.Ordinal) || name.Split('-').Contains("dot"));

    private static string ProtocolOf(V1ServicePort port) => port.Protocol ?? "TCP";

    // Before dual stack there was only the one field.
    private static IEnumerable<string> ClusterAddresses(V1ServiceSpec spec) =>
        (spec.ClusterIPs is { Count: > 0 } several ? several : new List<string?> { spec.ClusterIP }.OfType<string>()).Where(ip => IPAddress.TryParse(ip, out _));
}
