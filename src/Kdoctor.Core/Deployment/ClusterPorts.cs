namespace Kdoctor.Core.Deployment;

/// <summary>The ports of kdoctor's parts in a cluster; the predecessor's, so that firewalls need no change.</summary>
public static class ClusterPorts
{
    /// <summary>The controller's HTTPS port: the aggregated API and the webhook. Its Service shows it as 443.</summary>
    public const int ControllerApi = 5722;

    /// <summary>The controller's plain HTTP port: health (<c>/healthy/startup</c>, <c>/healthy/liveness</c>, <c>/healthy/readiness</c>).</summary>
    public const int ControllerHealth = 5721;

    /// <summary>The agents' gRPC port of the controller.</summary>
    public const int ControllerAgents = 3000;

    /// <summary>An agent's echo, HTTP; its Service and containers show it as <c>http</c>.</summary>
    public const int Echo = 80;

    /// <summary>Where an agent's container listens for the echo: above 1,023, so that no privilege is needed.</summary>
    public const int EchoContainer = 8080;

    /// <summary>An agent's health (<c>/healthy/startup</c>, <c>/healthy/liveness</c>, <c>/healthy/readiness</c>).</summary>
    public const int AgentHealth = 5710;

    /// <summary>
    /// The first of the ports that agents of tasks take in the host's network, two for each task, up to <see cref="HostLast"/>: below those that Linux gives to
    /// connections (32768) and Kubernetes to node ports (30000).
    /// </summary>
    public const int HostFirst = 28000;

    /// <summary>The last of them.</summary>
    public const int HostLast = 28999;
}
