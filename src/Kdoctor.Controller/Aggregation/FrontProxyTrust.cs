using System.Text.Json.Nodes;
using Kdoctor.Controller.Objects;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Aggregation;

/// <summary>Keeps up with whom the cluster's API servers say to believe.</summary>
internal sealed partial class FrontProxyTrust
{
    private static readonly ObjectPlace Place = new("api/v1/namespaces/kube-system/configmaps", "extension-apiserver-authentication");

    private readonly ILogger<FrontProxyTrust> logger;
    private readonly ObjectFollower follower;
    private volatile FrontProxy? current;

    public FrontProxyTrust(KubernetesObjects client, TimeProvider time, Random random, ILoggerFactory logs)
    {
        logger = logs.CreateLogger<FrontProxyTrust>();
        follower = new ObjectFollower(client, Place, LookAsync, time, random, logs.CreateLogger<ObjectFollower>());
    }

    /// <summary>Whom to believe now; null for nobody.</summary>
    public FrontProxy? Current => current;

    /// <summary>Completes once the ConfigMap was looked for.</summary>
    public Task Known => follower.Told;

    /// <summary>Runs until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => follower.RunAsync(cancellation);

    private Task LookAsync(JsonObject? found, CancellationToken cancellation)
    {
        current = found is null ? null : FrontProxy.Read(found);
        if (current is null)
            LogNobody(Place);
        return Task.CompletedTask;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Place} names no front proxy: reports are not served until it does. The cluster's API servers need their --requestheader flags for aggregation")]
    private partial void LogNobody(ObjectPlace place);
}
