using System.Net;
using System.Net.Sockets;

namespace Kdoctor.Cli.Lab;

/// <summary>
/// The lab's addresses: a block 127.B.0.0/16 of its own, claimed by a UDP socket that it holds while it lives, so that labs side by side
/// on one machine never share an address. Agents answer on 127.B.0.N, nodes on 127.B.1.N, the cluster address is 127.B.2.1, the load
/// balancer's 127.B.3.1, the ingress's 127.B.4.1, that of DNS 127.B.5.1 with its replicas on 127.B.6.N. A machine has a single IPv6 loopback address, so IPv6 differs by port.
/// </summary>
internal sealed class LabNetwork : IDisposable
{
    private const int FirstBlock = 64;
    private const int LastBlock = 126;
    private static readonly int[] Ports = [8080, 18080, 28080, 38080];

    private readonly Socket claim;
    private readonly int block;

    private LabNetwork(Socket claim, int block, int port)
    {
        this.claim = claim;
        this.block = block;
        Port = port;
    }

    /// <summary>The port of every IPv4 address in the lab.</summary>
    public int Port { get; }

    /// <summary>Whether the machine answers on ::1.</summary>
    public bool HasIPv6 { get; } = CanBindIPv6();

    public IPAddress ClusterAddress => At(2, 1);

    public IPAddress LoadBalancerAddress => At(3, 1);

    public IPAddress IngressAddress => At(4, 1);

    public IPAddress DnsAddress => At(5, 1);

    /// <summary>Claims a free block.</summary>
    /// <exception cref="LabException">No block is free, or the machine has no addresses beside 127.0.0.1.</exception>
    public static LabNetwork Claim()
    {
        foreach (var port in Ports)
        {
            for (var block = FirstBlock; block <= LastBlock; block++)
            {
                var claim = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ExclusiveAddressUse = true };
                try
                {
                    var address = new IPEndPoint(new IPAddress([127, (byte)block, 255, 254]), port);
                    claim.Bind(address);
                    AssertFree(address);
                    return new LabNetwork(claim, block, port);
                }
                catch (SocketException refused)
                {
                    claim.Dispose();
                    if (refused.SocketErrorCode == SocketError.AddressNotAvailable)
                        throw new LabException("this machine has no loopback address beside 127.0.0.1; the lab needs all of 127.0.0.0/8, as Linux has it", refused);
                }
            }
        }
        throw new LabException($"no block of loopback addresses is free: every one from 127.{FirstBlock}.0.0 to 127.{LastBlock}.0.0 is taken on ports {string.Join(", ", Ports)}; stop a lab that is no longer needed");
    }

    /// <summary>The address of agent <paramref name="number"/>, from 1.</summary>
    public IPAddress AgentAddress(int number) => At(0, number);

    /// <summary>The address of DNS replica <paramref name="number"/>, from 1.</summary>
    public IPAddress DnsReplicaAddress(int number) => At(6, number);

    /// <summary>The address of node <paramref name="number"/>, from 1.</summary>
    public IPAddress NodeAddress(int number) => At(1, number);

    public void Dispose() => claim.Dispose();

    private IPAddress At(int third, int fourth) => new([127, (byte)block, (byte)third, checked((byte)fourth)]);

    // Somebody who listens on this port of all addresses would take it from every agent.
    private static void AssertFree(IPEndPoint address)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(address);
        listener.Listen(1);
    }

    private static bool CanBindIPv6()
    {
        if (!Socket.OSSupportsIPv6)
            return false;
        using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
