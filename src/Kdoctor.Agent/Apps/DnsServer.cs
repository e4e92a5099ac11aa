using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Agent.Apps;

/// <summary>
/// A DNS server to test against: datagrams, streams and, where it has a certificate, streams in TLS (RFC 1035 section 4.2, RFC 7766, RFC 7858). It knows its zone and asks nobody.
/// </summary>
public sealed partial class DnsServer : IAsyncDisposable
{
    private const int MaxQuery = 4096;
    private const int Prefix = 2;

    private readonly DnsResponder responder;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stopping = new();
    private readonly List<IAsyncDisposable> streams = [];
    private readonly List<Socket> datagrams = [];
    private readonly List<Task> working = [];

    private DnsServer(DnsResponder responder, ILogger logger) => (this.responder, this.logger) = (responder, logger);

    /// <summary>Where datagrams are answered.</summary>
    public ImmutableArray<IPEndPoint> Datagrams => [.. datagrams.Select(socket => (IPEndPoint)socket.LocalEndPoint!)];

    /// <summary>Where streams are answered, those in TLS after those without.</summary>
    public ImmutableArray<IPEndPoint> Streams { get; private set; } = [];

    /// <summary>Listens; questions are answered when this returns.</summary>
    /// <exception cref="SocketException">An address or port cannot be had.</exception>
    public static async Task<DnsServer> StartAsync(DnsServerOptions options, TimeProvider time, ILoggerFactory logs)
    {
        ArgumentNullException.ThrowIfNull(options);
        var server = new DnsServer(new DnsResponder(options.Zone), logs.CreateLogger<DnsServer>());
        try
        {
            foreach (var address in options.Datagrams)
                server.Listen(address);
            foreach (var address in options.Streams)
                server.Add(StreamListener.Start(address, null, server.ServeAsync, time, server.logger));
            foreach (var address in options.Certificate is null ? [] : options.EncryptedStreams)
                server.Add(StreamListener.Start(address, options.Certificate, server.ServeAsync, time, server.logger));
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        foreach (var socket in datagrams)
            socket.Dispose();
        foreach (var listener in streams)
            await listener.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(working).ConfigureAwait(false);
        stopping.Dispose();
    }

    private void Add(StreamListener listener)
    {
        streams.Add(listener);
        Streams = Streams.Add(listener.Address);
    }

    private void Listen(IPEndPoint address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        datagrams.Add(socket);
        socket.Bind(address);
        working.Add(Task.Run(() => ServeAsync(socket)));
    }

    private async Task ServeAsync(Socket socket)
    {
        var buffer = new byte[MaxQuery];
        var from = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, from, stopping.Token).ConfigureAwait(false);
                if (responder.Answer(buffer.AsSpan(0, received.ReceivedBytes), datagram: true) is not { } answer)
                    continue;
                await socket.SendToAsync(answer, SocketFlags.None, received.RemoteEndPoint, stopping.Token).ConfigureAwait(false);
            }
            catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException failed)
            {
                // One client that is gone must not end the others' service.
                LogFailed(failed.Message);
            }
        }
    }

    private async Task ServeAsync(Stream stream, IPEndPoint peer, CancellationToken cancellation)
    {
        var query = new byte[MaxQuery];
        var prefix = new byte[Prefix];
        while (await stream.ReadAtLeastAsync(prefix, Prefix, throwOnEndOfStream: false, cancellation).ConfigureAwait(false) == Prefix)
        {
            var length = (prefix[0] << 8) | prefix[1];
            if (length > MaxQuery)
                return;
            await stream.ReadExactlyAsync(query.AsMemory(0, length), cancellation).ConfigureAwait(false);
            if (responder.Answer(query.AsSpan(0, length), datagram: false) is not { } answer)
                continue;
            await stream.WriteAsync((byte[])[(byte)(answer.Length >> 8), (byte)answer.Length, .. answer], cancellation).ConfigureAwait(false);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "a question could not be answered: {Reason}")]
    private partial void LogFailed(string reason);
}
