using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Serving;

/// <summary>A web application on a port of its own: nothing of a host but the server, which logs where the controller does.</summary>
internal static class WebPort
{
    /// <summary>Begins to build one.</summary>
    public static WebApplicationBuilder Builder(ILoggerFactory logs, Action<KestrelServerOptions> configure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(logs);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(configure);
        return builder;
    }

    /// <summary>Opens the port; one that cannot be opened leaves nothing behind.</summary>
    /// <exception cref="IOException">The address is in use or not of this machine.</exception>
    public static async Task OpenAsync(WebApplication application, CancellationToken cancellation)
    {
        try
        {
            await application.StartAsync(cancellation).ConfigureAwait(false);
        }
        catch
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
