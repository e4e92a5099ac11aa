using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kdoctor.TestKit.Http2;

/// <summary>Kestrel on loopback: a server that nobody here wrote, for both versions, plain or over TLS.</summary>
public sealed class HonestServer : IAsyncDisposable
{
    private readonly WebApplication application;

    private HonestServer(WebApplication application) => this.application = application;

    public int Port => new Uri(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;

    /// <summary>Answers with <paramref name="answer"/>.</summary>
    public static async Task<HonestServer> StartAsync(HttpProtocols protocols, X509Certificate2? certificate, RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, endpoint =>
        {
            endpoint.Protocols = protocols;
            if (certificate is not null)
                endpoint.UseHttps(certificate);
        }));
        var application = builder.Build();
        application.Run(answer);
        await application.StartAsync();
        return new HonestServer(application);
    }

    public ValueTask DisposeAsync() => application.DisposeAsync();
}
