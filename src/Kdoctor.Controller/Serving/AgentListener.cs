using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Serving;

/// <summary>
/// The agents' port: gRPC over TLS, and the authority's certificate for agents that know only its pin. That certificate is no secret; an
/// agent fetches it without trust, holds it against the pin, and only then dials with its token.
/// </summary>
public sealed class AgentListener : IAsyncDisposable
{
    /// <summary>Where the authority's certificate is served, as PEM.</summary>
    public const string AuthorityPath = "/ca.pem";

    private readonly WebApplication application;

    private AgentListener(WebApplication application) => this.application = application;

    /// <summary>The port's address, for example <c>https://127.0.0.1:40001</c>.</summary>
    public Uri Address => new(application.Urls.First());

    /// <summary>Opens the port for a controller.</summary>
    /// <param name="host">The controller.</param>
    /// <param name="endpoint">Where to listen; port 0 for any free one.</param>
    /// <param name="server">The certificate that callers see, with its key.</param>
    /// <param name="authority">The certificate that signed it; the same one when it signed itself.</param>
    /// <param name="logs">Where to log.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IOException">The address is in use or not of this machine.</exception>
    public static async Task<AgentListener> StartAsync(
        ControllerHost host, IPEndPoint endpoint, X509Certificate2 server, X509Certificate2 authority, ILoggerFactory logs, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(logs);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            Limit(kestrel);
            kestrel.Listen(endpoint, listen => Configure(listen, server));
        });
        ControllerHost.AddAgentService(builder.Services, host);
        var application = builder.Build();
        ControllerHost.MapAgentService(application);
        MapAuthority(application, authority);
        try
        {
            await application.StartAsync(cancellation).ConfigureAwait(false);
            return new AgentListener(application);
        }
        catch
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Makes a port speak HTTP/2 over TLS 1.2 or later.</summary>
    public static void Configure(ListenOptions listen, X509Certificate2 server)
    {
        ArgumentNullException.ThrowIfNull(listen);
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificate = server, HandshakeTimeout = TimeSpan.FromSeconds(10) });
    }

    /// <summary>Serves the authority's certificate.</summary>
    public static void MapAuthority(IEndpointRouteBuilder endpoints, X509Certificate2 authority)
    {
        ArgumentNullException.ThrowIfNull(authority);
        var pem = authority.ExportCertificatePem();
        endpoints.MapGet(AuthorityPath, () => Results.Text(pem, "application/x-pem-file"));
    }

    /// <summary>
    /// Bounds what strangers can hold: connections, and how long one may say nothing. Pings find peers that vanished without a word within
    /// 20 s, so that a round knows soon that an agent is gone.
    /// </summary>
    public static void Limit(KestrelServerOptions kestrel)
    {
        ArgumentNullException.ThrowIfNull(kestrel);
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = 25_000;
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.Http2.MaxStreamsPerConnection = 10;
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(10);
        kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => application.DisposeAsync();
}
