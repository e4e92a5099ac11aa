using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Kdoctor.Agent.Apps;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Cli.Lab;

/// <summary>
/// The lab's DNS: two replicas that know the names every cluster has, behind a service address of each family, over UDP, TCP and TLS. What it consists of is described by
/// <see cref="LabDnsObjects"/> in the lab's API, where the controller finds it as it finds a cluster's.
/// </summary>
internal sealed class LabDns : IAsyncDisposable
{
    private const int ReplicaCount = 2;

    private readonly List<IAsyncDisposable> parts = [];
    private readonly List<LabDnsService> services = [];

    private LabDns()
    {
    }

    /// <summary>One service per family.</summary>
    public IReadOnlyList<LabDnsService> Services => services;

    public static async Task<LabDns> StartAsync(LabNetwork network, X509Certificate2 certificate, TimeProvider time, ILoggerFactory logs)
    {
        var dns = new LabDns();
        try
        {
            var zone = DnsZone.Read([$"kubernetes.default.svc.cluster.local={network.ClusterAddress}", "kubernetes.default.svc.cluster.local=::1"]);
            await dns.AddAsync("kube-dns", network.DnsAddress, [.. Enumerable.Range(1, ReplicaCount).Select(network.DnsReplicaAddress)], network.Port, zone, certificate, time, logs);
            if (network.HasIPv6)
                await dns.AddAsync("kube-dns-ipv6", IPAddress.IPv6Loopback, [.. Enumerable.Repeat(IPAddress.IPv6Loopback, ReplicaCount)], null, zone, certificate, time, logs);
            return dns;
        }
        catch (Exception refused)
        {
            await dns.DisposeAsync();
            throw refused is SocketException taken ? new LabException($"the lab's DNS cannot listen: {taken.Message}", taken) : refused;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in Enumerable.Reverse(parts))
            await part.DisposeAsync();
    }

    // Where one address serves all, the kernel chooses the ports.
    private async Task AddAsync(
        string name, IPAddress address, IReadOnlyList<IPAddress> replicas, int? port, DnsZone zone, X509Certificate2 certificate, TimeProvider time, ILoggerFactory logs)
    {
        var answering = new List<LabDnsAddress>();
        foreach (var replica in replicas)
        {
            var server = await DnsServer.StartAsync(
                new DnsServerOptions
                {
                    Zone = zone,
                    Datagrams = [new IPEndPoint(replica, port ?? 0)],
                    Streams = [new IPEndPoint(replica, port ?? 0)],
                    EncryptedStreams = [new IPEndPoint(replica, 0)],
                    Certificate = new TlsIdentityOptions(certificate),
                },
                time,
                logs);
            parts.Add(server);
            answering.Add(new(replica, server.Datagrams[0].Port, server.Streams[0].Port, server.Streams[1].Port));
        }

        var logger = logs.CreateLogger<LabDns>();
        var datagrams = UdpStandIn.Start(new IPEndPoint(address, port ?? 0), [.. answering.Select(replica => new IPEndPoint(replica.Address, replica.Udp))], time, logger);
        parts.Add(datagrams);
        var streams = TcpStandIn.Start(new IPEndPoint(address, port ?? 0), () => [.. answering.Select(replica => new IPEndPoint(replica.Address, replica.Tcp))], null, logger);
        parts.Add(streams);
        var encrypted = TcpStandIn.Start(new IPEndPoint(address, 0), () => [.. answering.Select(replica => new IPEndPoint(replica.Address, replica.Tls))], null, logger);
        parts.Add(encrypted);
        services.Add(new LabDnsService(name, new LabDnsAddress(address, datagrams.Address.Port, streams.Address.Port, encrypted.Address.Port), answering));
    }
}

/// <summary>A DNS service of the lab.</summary>
/// <param name="Name">Its name, in kube-system.</param>
/// <param name="Address">Its own address.</param>
/// <param name="Replicas">Who answers behind it.</param>
internal sealed record LabDnsService(string Name, LabDnsAddress Address, IReadOnlyList<LabDnsAddress> Replicas);

/// <summary>An address with the ports on which DNS is answered there.</summary>
internal sealed record LabDnsAddress(IPAddress Address, int Udp, int Tcp, int Tls);
