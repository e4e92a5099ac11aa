using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Kdoctor.Agent.Echo;
using Kdoctor.Probing.EventLoops;
using Kdoctor.Tests.Probing;
using Xunit;

namespace Kdoctor.Tests.Agent.Echo;

/// <summary>An echo on a loop of its own, and a client that says exactly the bytes it is told to.</summary>
internal sealed class EchoRig : IAsyncDisposable
{
    private readonly ConcurrentQueue<Exception> surprises = new();
    private readonly EventLoop loop;

    internal EchoRig(Func<EchoOptions, EchoOptions>? change = null)
    {
        loop = new EventLoop("echo test", ProbingLoop.Clock, surprises.Enqueue);
        var options = new EchoOptions { AgentId = "uid-1", ServerName = "agent-1", Listen = [new(IPAddress.Loopback, 0), new(IPAddress.IPv6Loopback, 0)] };
        Server = EchoServer.Start(change?.Invoke(options) ?? options, loop);
    }

    internal EchoServer Server { get; }

    internal static CancellationToken Guard => new CancellationTokenSource(ProbingLoop.HangGuard, ProbingLoop.Clock).Token;

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Assert.Equal(0, Server.Counts.Connections);
        await loop.DisposeAsync();
        Assert.Empty(surprises);
    }

    internal async Task<Socket> ConnectAsync(int address = 0)
    {
        var endPoint = Server.EndPoints[address];
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endPoint, Guard);
        return socket;
    }

    /// <summary>Sends bytes on a fresh connection and reads to the server's end; empty for a reset.</summary>
    internal async Task<string> AskAsync(string request)
    {
        using var socket = await ConnectAsync();
        await socket.SendAsync(Encoding.Latin1.GetBytes(request), Guard);
        return await ReadToEndAsync(socket);
    }

    internal static async Task<string> ReadToEndAsync(Socket socket)
    {
        var text = new StringBuilder();
        var buffer = new byte[65536];
        try
        {
            int count;
            while ((count = await socket.ReceiveAsync(buffer, Guard)) > 0)
                text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
        catch (SocketException)
        {
            // A reset ends it too.
        }
        return text.ToString();
    }

    /// <summary>Reads until the text was seen so many times.</summary>
    internal static async Task<string> ReadUntilAsync(Socket socket, string mark, int times = 1)
    {
        var text = new StringBuilder();
        var buffer = new byte[65536];
        while (text.ToString().Split(mark).Length <= times)
        {
            var count = await socket.ReceiveAsync(buffer, Guard);
            Assert.True(count > 0, $"closed before '{mark}' came {times} times: {text}");
            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
        return text.ToString();
    }
}
