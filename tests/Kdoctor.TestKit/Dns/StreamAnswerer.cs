using System.Net;
using System.Net.Sockets;

namespace Kdoctor.TestKit.Dns;

/// <summary>What one connection of a scripted DNS server over TCP or TLS can do.</summary>
public sealed class StreamExchange(Stream stream, Socket socket, int number, CancellationToken ended)
{
    /// <summary>Which connection it is, from 0.</summary>
    public int Number => number;

    /// <summary>The next query; null when the client closed.</summary>
    public async Task<byte[]?> ReadAsync()
    {
        var prefix = new byte[2];
        if (await stream.ReadAtLeastAsync(prefix, 2, throwOnEndOfStream: false, ended) < 2)
            return null;
        var query = new byte[(prefix[0] << 8) | prefix[1]];
        await stream.ReadExactlyAsync(query, ended);
        return query;
    }

    /// <summary>Writes octets as they are.</summary>
    public async Task WriteAsync(byte[] octets)
    {
        await stream.WriteAsync(octets, ended);
        await stream.FlushAsync(ended);
    }

    /// <summary>Answers every query until the client closes.</summary>
    public async Task AnswerAllAsync(Func<byte[], byte[]> answer)
    {
        while (await ReadAsync() is { } query)
            await WriteAsync(DnsMessage.Framed(answer(query)));
    }

    /// <summary>Ends the connection with a reset: a close with no time to linger, and no shutdown before it (socket(7), SO_LINGER).</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    /// <summary>Waits until the client closes or the server is disposed.</summary>
    public async Task SilenceAsync()
    {
        while (await ReadAsync() is not null)
        {
        }
    }
}

/// <summary>A DNS server over TCP on loopback that plays a script on each connection; a connection ends with its script.</summary>
public sealed class StreamAnswerer : IAsyncDisposable
{
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource ended = new();
    private readonly Func<StreamExchange, Task> script;
    private readonly Func<Stream, CancellationToken, Task<Stream>> wrap;
    private readonly List<Task> connections = [];
    private readonly Task accepting;

    /// <param name="script">What happens on a connection.</param>
    /// <param name="wrap">What is put around its octets, for example TLS; null for nothing.</param>
    public StreamAnswerer(Func<StreamExchange, Task> script, Func<Stream, CancellationToken, Task<Stream>>? wrap = null)
    {
        this.script = script;
        this.wrap = wrap ?? ((stream, _) => Task.FromResult(stream));
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(512);
        EndPoint = (IPEndPoint)listener.LocalEndPoint!;
        accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Connections accepted so far.</summary>
    public int Accepted { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        listener.Dispose();
        await accepting;
        await Task.WhenAll(connections);
        ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync(ended.Token);
                connections.Add(PlayAsync(socket, Accepted++));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The server was disposed.
        }
    }

    private async Task PlayAsync(Socket socket, int number)
    {
        try
        {
            await using var network = new NetworkStream(socket, ownsSocket: true);
            await using var stream = await wrap(network, ended.Token);
            await script(new StreamExchange(stream, socket, number, ended.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException or ObjectDisposedException
            or System.Security.Authentication.AuthenticationException)
        {
            // The client is gone, or the server was disposed.
        }
    }
}
