using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Kdoctor.TestKit.Rude;

/// <summary>A TCP server on loopback that does to each connection what its script says, on a real socket.</summary>
public sealed class RudeServer : IAsyncDisposable
{
    private readonly Socket listener;
    private readonly Func<RudeConnection, Task> script;
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentBag<Task> connections = [];
    private readonly Task accepting;
    private int accepted;

    private RudeServer(IPAddress address, Func<RudeConnection, Task> script)
    {
        this.script = script;
        listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(address, 0));
        listener.Listen(512);
        EndPoint = (IPEndPoint)listener.LocalEndPoint!;
        accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Connections accepted so far.</summary>
    public int Accepted => Volatile.Read(ref accepted);

    public static RudeServer Start(Func<RudeConnection, Task> script, IPAddress? address = null) => new(address ?? IPAddress.Loopback, script);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Dispose();
        await accepting;
        await Task.WhenAll(connections);
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync(stopping.Token);
                var number = Interlocked.Increment(ref accepted);
                connections.Add(ServeAsync(new RudeConnection(socket, number, stopping.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The server ends.
        }
    }

    private async Task ServeAsync(RudeConnection connection)
    {
        using (connection)
        {
            try
            {
                await script(connection);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The client left, or the server ends.
            }
        }
    }
}
