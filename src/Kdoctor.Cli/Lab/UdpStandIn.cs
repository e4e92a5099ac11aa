using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Cli.Lab;

/// <summary>
/// A service address of the lab for datagrams: each question goes to the next backend in turn, from a socket of its own, and the answer back to whoever asked. A question
/// that no backend answers stays unanswered, as in a cluster.
/// </summary>
internal sealed partial class UdpStandIn : IAsyncDisposable
{
    // Beyond this many questions under way further ones are dropped.
    private const int MaxUnderWay = 2048;
    private const int MaxDatagram = 4096;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Socket socket;
    private readonly IReadOnlyList<IPEndPoint> backends;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task receiving;
    private int underWay;
    private uint turn;

    private UdpStandIn(Socket socket, IReadOnlyList<IPEndPoint> backends, TimeProvider time, ILogger logger)
    {
        (this.socket, this.backends, this.time, this.logger) = (socket, backends, time, logger);
        Address = (IPEndPoint)socket.LocalEndPoint!;
        receiving = Task.Run(ReceiveAsync);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Listens on <paramref name="address"/> (port 0: a free one).</summary>
    public static UdpStandIn Start(IPEndPoint address, IReadOnlyList<IPEndPoint> backends, TimeProvider time, ILogger logger)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(address);
        }
        catch (SocketException refused)
        {
            socket.Dispose();
            throw new LabException($"cannot listen on {address}: {refused.Message}", refused);
        }
        return new UdpStandIn(socket, backends, time, logger);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        socket.Dispose();
        await receiving;
    }

    private async Task ReceiveAsync()
    {
        var from = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        var buffer = new byte[MaxDatagram];
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, from, stopping.Token);
                _ = ForwardAsync(buffer[..received.ReceivedBytes], received.RemoteEndPoint, backends[(int)(turn++ % (uint)backends.Count)]);
            }
            catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException failed)
            {
                LogFailed(Address, failed.Message);
            }
        }
    }

    private async Task ForwardAsync(byte[] question, EndPoint client, IPEndPoint backend)
    {
        try
        {
            if (Interlocked.Increment(ref underWay) > MaxUnderWay)
                return;
            using var late = new CancellationTokenSource(Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping.Token);
            using var onward = new Socket(backend.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            await onward.ConnectAsync(backend, either.Token);
            await onward.SendAsync(question, either.Token);
            var answer = new byte[MaxDatagram];
            var length = await onward.ReceiveAsync(answer, either.Token);
            await socket.SendToAsync(answer.AsMemory(0, length), SocketFlags.None, client, either.Token);
        }
        catch (Exception failed) when (failed is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            LogFailed(Address, failed.Message);
        }
        finally
        {
            Interlocked.Decrement(ref underWay);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "a datagram through the stand-in at {Address} was lost: {Reason}")]
    private partial void LogFailed(IPEndPoint address, string reason);
}
