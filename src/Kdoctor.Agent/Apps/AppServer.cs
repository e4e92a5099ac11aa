using System.Net;
using Kdoctor.Agent.Echo;
using Kdoctor.Probing.EventLoops;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Agent.Apps;

/// <summary>An application to test against: the echo over HTTP/1.1 and, with a certificate, HTTPS with HTTP/2; and a DNS server. It joins no controller and probes nothing.</summary>
public sealed partial class AppServer : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> parts = new();
    private readonly ILogger logger;

    private AppServer(ILogger logger) => this.logger = logger;

    /// <summary>Where HTTP is answered, HTTPS after it where there is a certificate.</summary>
    public IReadOnlyList<Uri> Urls { get; private set; } = [];

    /// <summary>The DNS server.</summary>
    public DnsServer Dns { get; private set; } = null!;

    /// <summary>The echo, for its counts.</summary>
    public EchoServer Echo { get; private set; } = null!;

    /// <summary>Starts; everything answers when this returns.</summary>
    /// <exception cref="ArgumentException">The options are wrong; the message names every problem.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">An address or port cannot be had.</exception>
    public static async Task<AppServer> StartAsync(AppOptions options, TimeProvider time, ILoggerFactory logs)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logs);
        if (string.Join("; ", options.Problems()) is { Length: > 0 } problems)
            throw new ArgumentException(problems);
        var app = new AppServer(logs.CreateLogger<AppServer>());
        try
        {
            await app.BuildAsync(options, time, logs).ConfigureAwait(false);
            return app;
        }
        catch
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (parts.TryPop(out var part))
            await part.DisposeAsync().ConfigureAwait(false);
    }

    private async Task BuildAsync(AppOptions options, TimeProvider time, ILoggerFactory logs)
    {
        var loop = new EventLoop("echo", time, LogSurprise);
        parts.Push(loop);
        var fronted = new FrontedPeers();
        var inner = new IPEndPoint(IPAddress.Loopback, 0);
        Echo = EchoServer.Start(
            new EchoOptions
            {
                AgentId = options.Name,
                ServerName = options.Name,
                Listen = [.. options.Listen.Select(address => new IPEndPoint(address, options.HttpPort)), .. options.Certificate is null ? [] : new[] { inner }],
                Fronted = fronted,
                Rehearses = true,
            },
            loop);
        parts.Push(Echo);
        var urls = Echo.EndPoints.Take(options.Listen.Length).Select(address => new Uri($"http://{address}")).ToList();
        if (options.Certificate is { } identity)
        {
            var front = new TlsFront(Echo.EndPoints[^1], fronted);
            foreach (var address in options.Listen)
            {
                var listener = front.Listen(new IPEndPoint(address, options.HttpsPort), identity, time, logger);
                parts.Push(listener);
                urls.Add(new Uri($"https://{listener.Address}"));
            }
        }
        Urls = urls;
        Dns = await DnsServer.StartAsync(
            new DnsServerOptions
            {
                Zone = options.Zone,
                Datagrams = [.. options.Listen.Select(address => new IPEndPoint(address, options.DnsPort))],
                Streams = [.. options.Listen.Select(address => new IPEndPoint(address, options.DnsPort))],
                EncryptedStreams = [.. options.Listen.Select(address => new IPEndPoint(address, options.DnsTlsPort))],
                Certificate = options.Certificate,
            },
            time,
            logs).ConfigureAwait(false);
        parts.Push(Dns);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A defect in an event loop; its other work goes on")]
    private partial void LogSurprise(Exception error);
}
