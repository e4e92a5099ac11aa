using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kdoctor.ApiServer.Http;
using Kdoctor.ApiServer.Resources;
using Kdoctor.ApiServer.Security;
using Kdoctor.Controller.Listening;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Cli.Lab;

/// <summary>
/// The lab's Kubernetes API on its own TLS listener. It listens before it serves, for the controller, whose reports it serves, must know its address first.
/// </summary>
internal sealed class LabApi : IAsyncDisposable
{
    private readonly WebApplication app;
    private volatile KubernetesApi? api;

    private LabApi(WebApplication app)
    {
        this.app = app;
        app.Run(context =>
        {
            if (api is { } ready)
                return ready.HandleAsync(context);
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        });
    }

    /// <summary>The address for clients on this machine.</summary>
    public Uri Address
    {
        get
        {
            var bound = new UriBuilder(app.Urls.Single());
            if (IPAddress.TryParse(bound.Host.Trim('[', ']'), out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
                bound.Host = IPAddress.Loopback.ToString();
            return bound.Uri;
        }
    }

    /// <summary>Opens the listener; until <see cref="Serve"/> every request is answered 503.</summary>
    /// <exception cref="LabException">The address is taken or not this machine's.</exception>
    public static async Task<LabApi> ListenAsync(IPEndPoint listen, X509Certificate2 certificate, ILoggerFactory logs, CancellationToken cancellation)
    {
        var api = new LabApi(WebPort.Builder(logs, kestrel =>
        {
            kestrel.LimitForKubernetesApi();
            kestrel.Listen(listen, port => port.UseHttps(certificate));
        }).Build());
        try
        {
            await WebPort.OpenAsync(api.app, listen.ToString(), cancellation);
            return api;
        }
        catch (IOException refused)
        {
            throw new LabException($"cannot serve the Kubernetes API: {refused.Message.TrimEnd('.')}; name another address with --listen", refused);
        }
    }

    /// <summary>Begins to serve.</summary>
    public void Serve(IReadOnlyList<ApiResource> resources, string token, CliContext context, ILoggerFactory logs) => api = new KubernetesApi(
        new KubernetesApiOptions(),
        resources,
        new StaticTokenAuthenticator(new Dictionary<string, Caller> { [token] = new("kdoctor-lab", ["system:masters"]) }),
        new ApiSources(context.Time, () => new Guid(RandomNumberGenerator.GetBytes(16)), context.Chance),
        logs.CreateLogger<KubernetesApi>());

    public async ValueTask DisposeAsync()
    {
        // Open watches would hold an orderly stop up: whoever reads them is told by the closed connection.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }
}
