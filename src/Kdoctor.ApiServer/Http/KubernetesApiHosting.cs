using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Kdoctor.ApiServer.Http;

/// <summary>Putting a <see cref="KubernetesApi"/> on a host.</summary>
public static class KubernetesApiHosting
{
    /// <summary>Answers every request that nothing before it has answered.</summary>
    public static void MapKubernetesApi(this IApplicationBuilder app, KubernetesApi api) =>
        app.Run(api.HandleAsync);

    /// <summary>Bounds of the connections: at most 2,000, none idle for more than 2 minutes, and heads must arrive within 10 seconds.</summary>
    /// <remarks>The body limit stays with the API, which answers 413 as a Status. Half-sent bodies end by Kestrel's minimum data rate.</remarks>
    public static void LimitForKubernetesApi(this KestrelServerOptions server)
    {
        server.AddServerHeader = false;
        server.Limits.MaxConcurrentConnections = 2000;
        server.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        server.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        server.Limits.MaxRequestBodySize = null;

        // A watch may be silent for minutes; slow readers are cut by the API itself.
        server.Limits.MinResponseDataRate = null;
    }
}
