using k8s;
using Kdoctor.Controller.Objects;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Controller.Runtimes;
using Kdoctor.Controller.Sessions;
using Kdoctor.Core.Deployment;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Cluster;

/// <summary>A Kubernetes cluster as the place that a controller serves: what it follows of it, and whom it takes for an agent.</summary>
public sealed class ClusterPlace : IAsyncDisposable
{
    private readonly Kubernetes kubernetes;
    private readonly ClusterWatch watch;
    private readonly TokenReviewAuthenticator authenticator;
    private readonly TaskRuntimes runtimes;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task following;
    private IConnectedAgents? agents;

    /// <summary>Begins to follow the cluster.</summary>
    /// <param name="configuration">How its API server is reached.</param>
    /// <param name="ns">The namespace of kdoctor's parts.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">For the jitter of retries.</param>
    /// <param name="logs">Where to log.</param>
    public ClusterPlace(KubernetesClientConfiguration configuration, string ns, TimeProvider time, Random random, ILoggerFactory logs)
    {
        this.time = time;
        kubernetes = new Kubernetes(configuration);
        var objects = new KubernetesObjects(kubernetes, time);
        watch = new ClusterWatch(objects, ns, time, random, logs.CreateLogger<ClusterWatch>());
        authenticator = new TokenReviewAuthenticator(new KubernetesTokenReviews(objects), new TokenReviewOptions { Namespace = ns }, time, logs.CreateLogger<TokenReviewAuthenticator>());
        runtimes = new TaskRuntimes(watch, objects, time, logs.CreateLogger<TaskRuntimes>());
        following = watch.RunAsync(stopping.Token);
    }

    /// <summary>Completes when everything is known: no round should be planned before.</summary>
    public Task Synced => watch.Synced;

    /// <summary>The agents that tasks want of their own.</summary>
    internal ITaskRuntimes Runtimes => runtimes;

    /// <summary>What follows the cluster; it ends only when it is stopped, or by a defect.</summary>
    internal Task Running => following;

    /// <summary>Who may be an agent: a pod of the agents' service account, by its token.</summary>
    public IAgentAuthenticator Agents => authenticator;

    /// <summary>Where agents find the controllers: at their pods, and then through other nodes where that was installed.</summary>
    /// <param name="port">Where a controller listens for agents.</param>
    /// <param name="from">The node of the agent that is told.</param>
    public IEnumerable<string> ControllerAddresses(int port, string from) => ControllerRoutes.Direct(watch.Pods.Known.Values, port)
        .Concat(ControllerRoutes.ThroughNodes(watch.Services.Known.GetValueOrDefault(ClusterNames.ControllerNodePort), watch.Nodes.Known.Values, watch.Pods.Known.Values, from));

    /// <summary>How many of the default agents' pods are connected to this controller.</summary>
    public int ConnectedAgents
    {
        get
        {
            var connected = agents?.Connected.Select(agent => agent.Id).ToHashSet(StringComparer.Ordinal) ?? [];
            return watch.Pods.Known.Values.Count(pod => pod is { Part: ClusterNames.Agent, Terminating: false, Ended: false } && connected.Contains(pod.Uid));
        }
    }

    /// <summary>The cluster as tasks test it.</summary>
    public IClusterView View(IConnectedAgents connected) => new KubernetesClusterView(watch, agents = connected, time);

    /// <summary>How many agents there should be: the default ones and those that tasks have of their own, whether they are there or not.</summary>
    public int AgentsExpected(IConnectedAgents agents)
    {
        ArgumentNullException.ThrowIfNull(agents);
        var connected = agents.Connected.Select(agent => agent.Id).ToHashSet(StringComparer.Ordinal);
        var pods = watch.Pods.Known.Values.ToLookup(pod => pod.Part, StringComparer.Ordinal);
        return watch.DaemonSets.Known.Concat(watch.Deployments.Known).Where(workload => workload.Key != ClusterNames.Controller)
            .Sum(workload => new AgentRoll(workload.Value, watch.Nodes.Known, connected.Contains, time.GetUtcNow()).Call(pods[workload.Key]).Agents.Length);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        runtimes.Dispose();
        authenticator.Dispose();
        kubernetes.Dispose();
        stopping.Dispose();
    }
}
