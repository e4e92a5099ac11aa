using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Kdoctor.TestKit.Dns;

/// <summary>One query that a server got.</summary>
/// <param name="Message">Its octets.</param>
/// <param name="From">Whose it is.</param>
/// <param name="Number">From 0.</param>
public sealed record DnsQueryReceived(byte[] Message, IPEndPoint From, int Number);

/// <summary>A DNS server over UDP on loopback that answers each query with what its script says: nothing, one datagram or several, right or wrong.</summary>
public sealed class UdpAnswerer : IDisposable
{
    private readonly Socket socket;
    private readonly Func<DnsQueryReceived, IEnumerable<byte[]>> script;
    private readonly ConcurrentQueue<DnsQueryReceived> received = new();
    private readonly Thread thread;

    public UdpAnswerer(Func<DnsQueryReceived, IEnumerable<byte[]>> script, IPAddress? address = null)
    {
        this.script = script;
        address ??= IPAddress.Loopback;
        socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
        socket.Bind(new IPEndPoint(address, 0));
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
        thread = new Thread(Serve) { IsBackground = true, Name = "udp answerer" };
        thread.Start();
    }

    /// <summary>A server that does to all queries the same.</summary>
    public static UdpAnswerer Always(Func<byte[], byte[]> answer) => new(query => [answer(query.Message)]);

    public IPEndPoint EndPoint { get; }

    /// <summary>What came, in order.</summary>
    public IReadOnlyList<DnsQueryReceived> Received => [.. received];

    public void Dispose()
    {
        socket.Dispose();
        thread.Join();
    }

    private void Serve()
    {
        var buffer = new byte[65536];
        EndPoint from = new IPEndPoint(EndPoint.Address, 0);
        try
        {
            for (var number = 0; ; number++)
            {
                var length = socket.ReceiveFrom(buffer, ref from);
                var query = new DnsQueryReceived(buffer[..length], (IPEndPoint)from, number);
                received.Enqueue(query);
                foreach (var answer in script(query))
                    socket.SendTo(answer, from);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The server was disposed.
        }
    }
}
