using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Agent.Apps;

/// <summary>Serves the streams of one address, plain or in TLS. A stream may last for a while and no longer; beyond so many at once further ones are closed.</summary>
internal sealed partial class StreamListener : IAsyncDisposable
{
    private const int MaxStreams = 1024;
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestHandshake = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestStream = TimeSpan.FromMinutes(10);

    private readonly Socket listener;
    private readonly TlsIdentityOptions? identity;
    private readonly Func<Stream, IPEndPoint, CancellationToken, Task> serve;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task accepting;
    private int open;

    private StreamListener(Socket listener, TlsIdentityOptions? identity, Func<Stream, IPEndPoint, CancellationToken, Task> serve, TimeProvider time, ILogger logger)
    {
        (this.listener, this.identity, this.serve, this.time, this.logger) = (listener, identity, serve, time, logger);
        Address = (IPEndPoint)listener.LocalEndPoint!;
        accepting = Task.Run(AcceptAsync);
    }

    public IPEndPoint Address { get; }

    /// <param name="address">Where; port 0 for a free one.</param>
    /// <param name="identity">For TLS; null for none.</param>
    /// <param name="serve">Does a stream's work, until the client closes or the listener ends.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to log.</param>
    /// <exception cref="SocketException">The address cannot be had.</exception>
    public static StreamListener Start(
        IPEndPoint address, TlsIdentityOptions? identity, Func<Stream, IPEndPoint, CancellationToken, Task> serve, TimeProvider time, ILogger logger)
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(address);
            listener.Listen(1024);
            return new StreamListener(listener, identity, serve, time, logger);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        listener.Dispose();
        await accepting.ConfigureAwait(false);
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var socket = await listener.AcceptAsync(stopping.Token).ConfigureAwait(false);
                _ = ServeAsync(socket);
            }
            catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException failed)
            {
                // Out of descriptors, say: others must end first.
                LogEnded(Address, failed.Message);
                await Task.Delay(AcceptPause, time, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var life = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        try
        {
            var network = new NetworkStream(socket, ownsSocket: true);
            await using var networkEnds = network.ConfigureAwait(false);
            if (Interlocked.Increment(ref open) > MaxStreams)
                return;
            socket.NoDelay = true;
            using var late = new CancellationTokenSource(identity is null ? LongestStream : LongestHandshake, time);
            using var lateEnds = late.Token.Register(life.Cancel);
            if (identity is null)
            {
                await serve(network, (IPEndPoint)socket.RemoteEndPoint!, life.Token).ConfigureAwait(false);
                return;
            }
            var encrypted = new SslStream(network);
            await using var encryptedEnds = encrypted.ConfigureAwait(false);
            await encrypted.AuthenticateAsServerAsync(identity.ForStream(), life.Token).ConfigureAwait(false);
            late.CancelAfter(LongestStream);
            await serve(encrypted, (IPEndPoint)socket.RemoteEndPoint!, life.Token).ConfigureAwait(false);
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or SocketException or ObjectDisposedException or AuthenticationException)
        {
            LogEnded(Address, ended.Message);
        }
        finally
        {
            Interlocked.Decrement(ref open);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "a stream to {Address} ended: {Reason}")]
    private partial void LogEnded(IPEndPoint address, string reason);
}
