using System.Net;
using Kdoctor.Controller.Certificates;
using Kdoctor.Controller.Listening;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
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
    /// <param name="certificates">What callers see, and whom they should trust.</param>
    /// <param name="logs">Where to log.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IOException">The address is in use or not of this machine.</exception>
    public static async Task<AgentListener> StartAsync(
        ControllerHost host, IPEndPoint endpoint, IServingCertificate certificates, ILoggerFactory logs, CancellationToken cancellation)
    {
        var builder = WebPort.Builder(logs, kestrel =>
        {
            Limit(kestrel);
            WebPort.Listen(kestrel, endpoint, listen => Configure(listen, certificates));
        });
        ControllerHost.AddAgentService(builder.Services, host);
        var application = builder.Build();
        ControllerHost.MapAgentService(application);
        MapAuthority(application, certificates);
        await WebPort.OpenAsync(application, endpoint.ToString(), cancellation).ConfigureAwait(false);
        return new AgentListener(application);
    }

    /// <summary>Makes a port speak HTTP/2 over TLS 1.2 or later, with the certificate that is the right one at each handshake.</summary>
    public static void Configure(ListenOptions listen, IServingCertificate certificates)
    {
        ArgumentNullException.ThrowIfNull(listen);
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificateSelector = (_, _) => certificates.Current, HandshakeTimeout = TimeSpan.FromSeconds(10) });
    }

    /// <summary>Serves the authorities' certificates.</summary>
    public static void MapAuthority(IEndpointRouteBuilder endpoints, IServingCertificate certificates) =>
        endpoints.MapGet(AuthorityPath, () => Results.Text(certificates.Trust, "application/x-pem-file"));

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
