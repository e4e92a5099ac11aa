using System.Collections.Immutable;

namespace Kdoctor.Core.Planning;

/// <summary>The DNS servers that a task asks: one that it names, or a service of the cluster by its own address and by that of each replica.</summary>
internal static class DnsTargets
{
    public static FoundTargets Find(Tasks.DnsQuery query) => FoundTargets.One(New(
        query.Server, query.Port, FamilyOf(query.Server), "", query.Request));

    /// <summary>
    /// The service's own address tells what applications see; a replica's own address tells which one is broken, for behind the service's address
    /// a dead replica is only a share of failures.
    /// </summary>
    public static FoundTargets Find(Tasks.DnsServiceQuery query, ClusterSnapshot snapshot)
    {
        if (snapshot.Dns is not { Problem: null } found)
            return FoundTargets.None(Channel.Dns, null, snapshot.Dns?.Problem ?? "no DNS service can be looked for here; targetUser names a server");
        var targets = ImmutableArray.CreateBuilder<Target>();
        var leftOut = ImmutableArray.CreateBuilder<LeftOut>();
        var anywhere = found.Services.Any(service => AddressesOf(service, query).Count > 0);
        foreach (var service in found.Services)
        {
            var addresses = AddressesOf(service, query);
            if (anywhere && addresses.Count == 0)
                continue;
            targets.AddRange(addresses.Select(address => New(
                address.Ip, address.Port, address.Family, address.Replica is { } replica ? $"replica_{replica}_" : "", query.Request) with { DestinationNode = address.NodeName, Replica = address.Replica }));
            leftOut.AddRange(Missing(service, query, addresses).Select(reason => new LeftOut(Channel.Dns, query.Family, reason)));
        }
        return new(targets.ToImmutable(), leftOut.ToImmutable()) { Notes = [.. found.Services.SelectMany(service => service.Notes)] };
    }

    private static List<DnsAddress> AddressesOf(DnsServiceInfo service, Tasks.DnsServiceQuery query) =>
        [.. service.Addresses.Where(address => address.Family == query.Family && address.Transport == query.Request.Transport)];

    private static IEnumerable<string> Missing(DnsServiceInfo service, Tasks.DnsServiceQuery query, List<DnsAddress> addresses)
    {
        if (service.ReplicasProblem is { } unknown)
            yield return unknown;
        else if (addresses.Count > 0 && !addresses.Any(address => address.Replica is not null))
            yield return $"no replica of the DNS service {service.Service} is ready with an {query.Family} address";
        if (addresses.Count > 0)
            yield break;
        yield return service.Addresses.Any(address => address.Family == query.Family)
            ? $"the DNS service {service.Service} has no port for {Words(query.Request.Transport)}"
            : $"the DNS service {service.Service} has no {query.Family} address";
    }

    private static string Words(DnsTransport transport) => transport switch
    {
        DnsTransport.Tls => "DNS over TLS: 853/TCP, or a TCP port whose name says tls or dot",
        DnsTransport.Tcp => "DNS over TCP",
        _ => "DNS over UDP",
    };

    private static Target New(string host, int port, IpFamily? family, string who, DnsRequestPlan request)
    {
        var server = MeshTargets.Authority(host, port);
        return new Target
        {
            Index = 0,
            Name = $"type{request.Type}_{who}{server}_{request.Domain}",
            Channel = Channel.Dns,
            Family = family,
            Host = host,
            Port = port,
            Url = server,
            Request = request,
        };
    }

    // The family of a name is known once an agent has resolved it.
    private static IpFamily? FamilyOf(string host) => System.Net.IPAddress.TryParse(host, out _) ? EchoAddress.FamilyOf(host) : null;
}
