using System.Net;
using Kdoctor.Controller.Listening;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace Kdoctor.Cli.Lab;

/// <summary>The lab's ingress: forwards <see cref="Path"/> to the agents in turn and answers everything else with 404, as a default backend does.</summary>
internal sealed class IngressStandIn : IAsyncDisposable
{
    /// <summary>The rule's path.</summary>
    public const string Path = "/kdoctoragent";

    private readonly WebApplication app;
    private readonly HttpMessageInvoker client;

    private IngressStandIn(WebApplication app, HttpMessageInvoker client, IReadOnlyList<IPEndPoint> addresses)
    {
        this.app = app;
        this.client = client;
        Addresses = addresses;
    }

    /// <summary>Where it listens, in the order asked for.</summary>
    public IReadOnlyList<IPEndPoint> Addresses { get; }

    public static async Task<IngressStandIn> StartAsync(
        IReadOnlyList<IPEndPoint> addresses, Func<IReadOnlyList<IPEndPoint>> backends, ILoggerFactory logging, CancellationToken cancellation)
    {
        var builder = WebPort.Builder(logging, kestrel =>
        {
            kestrel.AddServerHeader = false;
            foreach (var address in addresses)
                kestrel.Listen(address);
        });
        builder.Services.AddHttpForwarder();
        var app = builder.Build();
        var client = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false });
        var forwarder = app.Services.GetRequiredService<IHttpForwarder>();
        uint turn = 0;
        app.Run(async context =>
        {
            var choices = backends();
            if (!context.Request.Path.StartsWithSegments(Path, StringComparison.Ordinal))
                context.Response.StatusCode = StatusCodes.Status404NotFound;
            else if (choices.Count == 0)
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            else
                await forwarder.SendAsync(context, $"http://{choices[(int)(Interlocked.Increment(ref turn) % (uint)choices.Count)]}", client, ForwarderRequestConfig.Empty);
        });
        try
        {
            await WebPort.OpenAsync(app, string.Join(", ", addresses), cancellation);
        }
        catch (IOException refused)
        {
            client.Dispose();
            throw new LabException($"the ingress stand-in cannot listen: {refused.Message}", refused);
        }
        var bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new IngressStandIn(app, client, [.. bound.Select(url => IPEndPoint.Parse(new Uri(url).Authority))]);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        client.Dispose();
    }
}
