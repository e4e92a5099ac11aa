using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Kdoctor.Agent.Apps.Http2;
using Kdoctor.Agent.Echo;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Agent.Apps;

/// <summary>
/// TLS before the echo, which speaks none itself: each stream is decrypted and joined to a connection to the echo, which is told who the client is. A client
/// that asks for HTTP/2 (ALPN) has each of its requests carried to the echo in HTTP/1.1.
/// </summary>
internal sealed class TlsFront(IPEndPoint echo, FrontedPeers peers)
{
    private const int BufferBytes = 16 * 1024;

    public StreamListener Listen(IPEndPoint address, TlsIdentityOptions identity, TimeProvider time, ILogger logger) => StreamListener.Start(
        address, identity with { Protocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11] }, ServeAsync, time, logger);

    private async Task ServeAsync(Stream client, IPEndPoint peer, CancellationToken cancellation)
    {
        if (client is SslStream { NegotiatedApplicationProtocol: var protocol } && protocol == SslApplicationProtocol.Http2)
        {
            var served = new ServedConnection(client, (request, ended) => AskAsync(request, peer, ended));
            await served.RunAsync(cancellation).ConfigureAwait(false);
            return;
        }
        await WithEchoAsync(new FrontedPeer(peer), async (socket, inner) =>
        {
            var requests = CopyAsync(client, inner, () => socket.Shutdown(SocketShutdown.Send), cancellation);
            await CopyAsync(inner, client, null, cancellation).ConfigureAwait(false);

            // The echo has closed, so nothing more is to be read from the client.
            socket.Dispose();
            await client.DisposeAsync().ConfigureAwait(false);
            await requests.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        }, cancellation).ConfigureAwait(false);
    }

    private Task<ServedAnswer> AskAsync(ServedRequest request, IPEndPoint peer, CancellationToken cancellation) => WithEchoAsync(
        new FrontedPeer(peer, Http2: true),
        async (_, inner) =>
        {
            await inner.WriteAsync(request.ToHttp11(), cancellation).ConfigureAwait(false);
            var answer = new MemoryStream();
            await inner.CopyToAsync(answer, cancellation).ConfigureAwait(false);
            return ServedAnswer.OfHttp11(answer.ToArray());
        },
        cancellation);

    private async Task<T> WithEchoAsync<T>(FrontedPeer peer, Func<Socket, NetworkStream, Task<T>> work, CancellationToken cancellation)
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
            return await work(socket, inner).ConfigureAwait(false);
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
