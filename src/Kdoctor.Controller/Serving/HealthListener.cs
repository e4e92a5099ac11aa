using System.Net;
using Kdoctor.Controller.Listening;
using Kdoctor.Core.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Serving;

/// <summary>The plain port that kubelets and Prometheus ask. It tells anybody whether the controller is well, and what it counts; nothing else.</summary>
internal sealed class HealthListener : IAsyncDisposable
{
    private readonly WebApplication application;

    private HealthListener(WebApplication application) => this.application = application;

    /// <summary>The port's address.</summary>
    public Uri Address => new(application.Urls.First());

    /// <summary>Opens the port.</summary>
    /// <exception cref="IOException">The address is in use or not of this machine.</exception>
    public static async Task<HealthListener> StartAsync(IPEndPoint endpoint, ControllerHealth health, Func<string> metrics, ILoggerFactory logs, CancellationToken cancellation)
    {
        var builder = WebPort.Builder(logs, kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = 200;
            kestrel.Limits.MaxRequestBodySize = 1024;
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(30);
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
            WebPort.Listen(kestrel, endpoint, _ => { });
        });
        var application = builder.Build();
        application.MapGet("/healthy/startup", () => Answer(null));
        application.MapGet("/healthy/liveness", () => Answer(health.Dead()));
        application.MapGet("/healthy/readiness", () => Answer(health.Unready()));
        application.MapGet("/metrics", () => Results.Text(metrics(), MetricPage.ContentType));
        await WebPort.OpenAsync(application, endpoint.ToString(), cancellation).ConfigureAwait(false);
        return new HealthListener(application);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => application.DisposeAsync();

    private static IResult Answer(string? trouble) =>
        Results.Text((trouble ?? "ok") + "\n", statusCode: trouble is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
}
