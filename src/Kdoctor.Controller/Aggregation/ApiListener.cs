using System.Net;
using Kdoctor.ApiServer.Http;
using Kdoctor.Controller.Admission;
using Kdoctor.Controller.Certificates;
using Kdoctor.Controller.Listening;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Aggregation;

/// <summary>The port that API servers call: reports, and the webhook beside them.</summary>
internal sealed class ApiListener : IAsyncDisposable
{
    private readonly WebApplication application;

    private ApiListener(WebApplication application) => this.application = application;

    /// <summary>The port's address.</summary>
    public Uri Address => new(application.Urls.First());

    /// <summary>Opens the port.</summary>
    /// <exception cref="IOException">The address is in use or not of this machine.</exception>
    public static async Task<ApiListener> StartAsync(
        IPEndPoint endpoint, IServingCertificate certificates, KubernetesApi api, AdmissionWebhook webhook, ILoggerFactory logs, CancellationToken cancellation)
    {
        var builder = WebPort.Builder(logs, kestrel =>
        {
            kestrel.LimitForKubernetesApi();
            WebPort.Listen(kestrel, endpoint, listen => Configure(listen, certificates));
        });
        var application = builder.Build();
        application.Use(next => context => AdmissionWebhook.IsMeant(context.Request) ? webhook.HandleAsync(context) : next(context));
        application.MapKubernetesApi(api);
        await WebPort.OpenAsync(application, endpoint.ToString(), cancellation).ConfigureAwait(false);
        return new ApiListener(application);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Open watches would hold an orderly stop up: the API server lists anew from another replica.
        using var now = new CancellationTokenSource();
        await now.CancelAsync().ConfigureAwait(false);
        await application.StopAsync(now.Token).ConfigureAwait(false);
        await application.DisposeAsync().ConfigureAwait(false);
    }

    private static void Configure(ListenOptions listen, IServingCertificate certificates)
    {
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificateSelector = (_, _) => certificates.Current,
            HandshakeTimeout = TimeSpan.FromSeconds(10),

            // Whose certificate it is, is judged with the request, by the trust of that moment. Here it only proves that its bearer has the key.
            ClientCertificateMode = ClientCertificateMode.AllowCertificate,
            ClientCertificateValidation = (_, _, _) => true,
        });
    }
}
