using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Listening;

/// <summary>A web application on a port of its own: nothing of a host but the server, which logs where the controller does.</summary>
public static class WebPort
{
    /// <summary>Begins to build one.</summary>
    /// <param name="logs">Where it logs.</param>
    /// <param name="configure">What the server listens on, and its limits.</param>
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

    /// <summary>Opens an endpoint; <c>[::]</c> stands for every address of both families, also where there is no IPv6.</summary>
    public static void Listen(KestrelServerOptions kestrel, IPEndPoint endpoint, Action<ListenOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(kestrel);
        ArgumentNullException.ThrowIfNull(endpoint);
        if (endpoint.Address.Equals(IPAddress.IPv6Any) && endpoint.Port != 0)
            kestrel.ListenAnyIP(endpoint.Port, configure);
        else
            kestrel.Listen(endpoint, configure);
    }

    /// <summary>Opens the port; one that cannot be opened leaves nothing behind.</summary>
    /// <param name="application">What answers there.</param>
    /// <param name="where">The address, for the message.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IOException">The address is in use, not of this machine, or not for this user.</exception>
    public static async Task OpenAsync(WebApplication application, string where, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(application);
        try
        {
            await application.StartAsync(cancellation).ConfigureAwait(false);
        }
        catch (SocketException refused)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw new IOException($"cannot listen on {where}: {refused.Message}", refused);
        }
        catch
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
