using System.Net;
using System.Net.Sockets;

namespace Kdoctor.TestKit.Rude;

/// <summary>A port that is taken and does not listen: every attempt to connect is refused.</summary>
public sealed class ClosedPort : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ClosedPort() => socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public IPEndPoint EndPoint => (IPEndPoint)socket.LocalEndPoint!;

    public void Dispose() => socket.Dispose();
}

/// <summary>
/// An address that answers nothing at all, without any privilege: a listening socket whose queue of one is full and never emptied. Linux drops
/// further SYNs of a full queue (listen(2), tcp_abort_on_overflow of tcp(7)), as a firewall that drops would.
/// </summary>
public sealed class BlackHole : IDisposable
{
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> plugs = [];

    public BlackHole()
    {
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);

        // On loopback a handshake is over when connect returns, unless its SYN was dropped.
        do
        {
            var plug = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            plugs.Add(plug);
            try
            {
                plug.Connect(EndPoint);
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // As non-blocking sockets do.
            }
        }
        while (plugs.Count < 64 && plugs[^1].Poll(0, SelectMode.SelectWrite));
    }

    public IPEndPoint EndPoint => (IPEndPoint)listener.LocalEndPoint!;

    public void Dispose()
    {
        plugs.ForEach(plug => plug.Dispose());
        listener.Dispose();
    }
}
