using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Kdoctor.TestKit.Tls;

/// <summary>A server on loopback that plays a script on every connection; a connection ends with its script.</summary>
public sealed class ScriptedPeer : IAsyncDisposable
{
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource ended = new();
    private readonly List<Task> scripts = [];
    private readonly Task accepting;

    public ScriptedPeer(Func<Socket, CancellationToken, Task> script)
    {
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(512);
        accepting = AcceptAsync(script);
    }

    /// <summary>A peer that shakes hands first; a handshake that fails ends the script quietly.</summary>
    public static ScriptedPeer Secure(SslServerAuthenticationOptions options, Func<SslStream, CancellationToken, Task> script) => new(async (socket, ended) =>
    {
        await using var stream = new SslStream(new NetworkStream(socket, ownsSocket: false));
        await stream.AuthenticateAsServerAsync(options, ended);
        await script(stream, ended);
    });

    public int Port => ((IPEndPoint)listener.LocalEndPoint!).Port;

    /// <summary>Connections accepted so far.</summary>
    public int Connections { get; private set; }

    /// <summary>Reads a request's head and answers how many bytes it has; 0 when the client closed instead.</summary>
    public static async Task<int> ReadHeadAsync(Stream stream, CancellationToken ended)
    {
        var head = new List<byte>();
        var buffer = new byte[1];
        while (await stream.ReadAsync(buffer, ended) == 1)
        {
            head.Add(buffer[0]);
            if (head.Count >= 4 && head[^1] == '\n' && head[^3] == '\n')
                return head.Count;
        }
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        if (accepting.IsCompleted)
            return;
        await ended.CancelAsync();
        listener.Dispose();
        await accepting;
        await Task.WhenAll(scripts);
        ended.Dispose();
    }

    private async Task AcceptAsync(Func<Socket, CancellationToken, Task> script)
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync(ended.Token);
                Connections++;
                scripts.Add(PlayAsync(socket, script));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The peer was disposed.
        }
    }

    private async Task PlayAsync(Socket socket, Func<Socket, CancellationToken, Task> script)
    {
        try
        {
            await script(socket, ended.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException or ObjectDisposedException
            or System.Security.Authentication.AuthenticationException)
        {
            // The client is gone, or the peer was disposed.
        }
        finally
        {
            socket.Dispose();
        }
    }
}
