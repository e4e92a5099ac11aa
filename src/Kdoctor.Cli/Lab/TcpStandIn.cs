using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Cli.Lab;

/// <summary>
/// A service address of the lab: takes connections on one address and joins each to a backend: by chance, as service rules of a cluster do, or in turn.
/// A connection that no backend takes is reset, so that the prober sees a failure and never a wait of our making.
/// </summary>
internal sealed partial class TcpStandIn : IAsyncDisposable
{
    // Beyond this many joined connections further ones are reset: an agent's mesh never needs as many.
    private const int MaxConnections = 4096;
    private const int BufferBytes = 16 * 1024;

    private readonly Socket listener;
    private readonly Func<IReadOnlyList<IPEndPoint>> backends;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task accepting;
    private int connections;
    private readonly Random? chance;
    private uint turn;

    private TcpStandIn(Socket listener, Func<IReadOnlyList<IPEndPoint>> backends, Random? chance, ILogger logger)
    {
        this.chance = chance;
        this.listener = listener;
        this.backends = backends;
        this.logger = logger;
        Address = (IPEndPoint)listener.LocalEndPoint!;
        accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address { get; }

    /// <summary>
    /// Listens on <paramref name="address"/> (port 0: a free one) and joins connections to what <paramref name="backends"/> names at that moment: chosen by
    /// <paramref name="chance"/>, or in turn where that is null.
    /// </summary>
    public static TcpStandIn Start(IPEndPoint address, Func<IReadOnlyList<IPEndPoint>> backends, Random? chance, ILogger logger)
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(address);
            listener.Listen(1024);
        }
        catch (SocketException refused)
        {
            listener.Dispose();
            throw new LabException($"cannot listen on {address}: {refused.Message}", refused);
        }
        return new TcpStandIn(listener, backends, chance, logger);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Dispose();
        await accepting;
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await listener.AcceptAsync(stopping.Token);
            }
            catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException refused)
            {
                LogAcceptFailed(Address, refused.Message);
                continue;
            }
            _ = JoinAsync(client);
        }
    }

    private async Task JoinAsync(Socket client)
    {
        var backend = default(Socket);
        var joined = false;
        try
        {
            if (Interlocked.Increment(ref connections) <= MaxConnections && Next() is { } address)
            {
                backend = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                client.NoDelay = true;
                await backend.ConnectAsync(address, stopping.Token);
                joined = await CopyBothWaysAsync(client, backend);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            LogJoinEnded(Address, ended.Message);
        }
        finally
        {
            Interlocked.Decrement(ref connections);
            if (!joined)
                Reset(client, backend);
            client.Dispose();
            backend?.Dispose();
        }
    }

    private IPEndPoint? Next()
    {
        var choices = backends();
        if (choices.Count == 0)
            return null;
        if (chance is null)
            return choices[(int)(Interlocked.Increment(ref turn) % (uint)choices.Count)];
        lock (chance)
            return choices[chance.Next(choices.Count)];
    }

    // True when both directions ended by a close in order.
    private async Task<bool> CopyBothWaysAsync(Socket client, Socket backend)
    {
        var up = CopyAsync(client, backend);
        var down = CopyAsync(backend, client);
        if (!await await Task.WhenAny(up, down))
        {
            Reset(client, backend);
            client.Dispose();
            backend.Dispose();
        }
        return (await Task.WhenAll(up, down)).All(orderly => orderly);
    }

    private async Task<bool> CopyAsync(Socket from, Socket to)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer, stopping.Token)) > 0)
            {
                for (var sent = 0; sent < read;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), stopping.Token);
            }
            to.Shutdown(SocketShutdown.Send);
            return true;
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Reset(params ReadOnlySpan<Socket?> sockets)
    {
        foreach (var socket in sockets)
        {
            try
            {
                // RFC 9293 section 3.10.4 by way of SO_LINGER 0: close sends a reset.
                if (socket is not null)
                    socket.LingerState = new LingerOption(true, 0);
            }
            catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
            {
                // Already closed by its peer: nothing is left to reset.
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the stand-in at {Address} could not take a connection: {Reason}")]
    private partial void LogAcceptFailed(IPEndPoint address, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "a connection through the stand-in at {Address} ended: {Reason}")]
    private partial void LogJoinEnded(IPEndPoint address, string reason);
}
