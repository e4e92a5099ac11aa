using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Kdoctor.Agent.Echo;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Agent.Apps;

/// <summary>TLS before the echo, which speaks none itself: each stream is decrypted and joined to a connection to the echo, which is told who the client is.</summary>
internal sealed class TlsFront(IPEndPoint echo, FrontedPeers peers)
{
    private const int BufferBytes = 16 * 1024;

    public StreamListener Listen(IPEndPoint address, TlsIdentityOptions identity, TimeProvider time, ILogger logger) =>
        StreamListener.Start(address, identity, ServeAsync, time, logger);

    private async Task ServeAsync(Stream client, IPEndPoint peer, CancellationToken cancellation)
    {
        using var socket = new Socket(echo.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(echo.Address, 0));
        var front = (IPEndPoint)socket.LocalEndPoint!;
        peers.Add(front, peer);
        try
        {
            await socket.ConnectAsync(echo, cancellation).ConfigureAwait(false);
            var inner = new NetworkStream(socket, ownsSocket: false);
            await using var innerEnds = inner.ConfigureAwait(false);
            var requests = CopyAsync(client, inner, () => socket.Shutdown(SocketShutdown.Send), cancellation);
            await CopyAsync(inner, client, null, cancellation).ConfigureAwait(false);

            // The echo has closed, so nothing more is to be read from the client.
            socket.Dispose();
            await client.DisposeAsync().ConfigureAwait(false);
            await requests.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            peers.Remove(front);
        }
    }

    private static async Task CopyAsync(Stream from, Stream to, Action? atEnd, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (int read; (read = await from.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0;)
                await to.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            atEnd?.Invoke();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
