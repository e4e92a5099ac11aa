using k8s;
using Kdoctor.Controller.Leading;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Controller.Runtimes;
using Kdoctor.Controller.Sessions;
using Kdoctor.Controller.Storage;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Serving;

/// <summary>What a controller is put together from.</summary>
public sealed record ControllerParts
{
    /// <summary>The API server that holds the tasks.</summary>
    public required KubernetesClientConfiguration Kubernetes { get; init; }

    /// <summary>Makes the view of the place that tasks test; called once.</summary>
    public required Func<IConnectedAgents, IClusterView> ClusterView { get; init; }

    /// <summary>Where rounds are kept. Whoever opened it closes it, after the controller.</summary>
    public required IRoundStore Store { get; init; }

    /// <summary>Which of several controllers leads; by default this one is the only one.</summary>
    public ILeadership Leadership { get; init; } = new SoleLeader();

    /// <summary>Who may be an agent.</summary>
    public required IAgentAuthenticator Agents { get; init; }

    /// <summary>Where else the controller is now, <c>host:port</c> each, for agents of a node to try when its first address fails; default nowhere.</summary>
    public Func<string, IEnumerable<string>> ControllerAddresses { get; init; } = _ => [];

    /// <summary>Makes the agents that tasks want of their own; null where all tasks have the same agents.</summary>
    internal ITaskRuntimes? Runtimes { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>For the jitter of retries.</summary>
    public required Random Random { get; init; }

    /// <summary>Where to log.</summary>
    public required ILoggerFactory Logs { get; init; }
}
