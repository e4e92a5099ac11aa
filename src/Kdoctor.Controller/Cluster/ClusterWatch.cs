using System.Text.Json.Nodes;
using Kdoctor.Controller.Objects;
using Kdoctor.Core.Deployment;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Cluster;

/// <summary>What the controller follows of its cluster: the nodes, and the parts of kdoctor in its own namespace. One loop for each collection.</summary>
internal sealed class ClusterWatch
{
    private const string Ours = $"{ClusterNames.PartOfLabel}={ClusterNames.PartOf}";

    private readonly KubernetesObjects objects;
    private readonly List<ListWatch> loops = [];

    public ClusterWatch(KubernetesObjects objects, string ns, TimeProvider time, Random random, ILogger<ClusterWatch> logger)
    {
        this.objects = objects;
        WatchedObjects<T> Follow<T>(string path, string? labels, Func<JsonObject, T> read, Action<T>? gone = null)
        {
            var watched = new WatchedObjects<T>(this.objects, path, labels, read, stored => Tell(stored), gone);
            loops.Add(watched.Loop(time, random, logger));
            return watched;
        }

        Namespace = ns;
        Nodes = Follow("api/v1/nodes", null, NodeFacts.Read);
        Pods = Follow($"api/v1/namespaces/{ns}/pods", Ours, PodFacts.Read, Gone.Add);
        Services = Follow($"api/v1/namespaces/{ns}/services", Ours, ServiceFacts.Read);
        DaemonSets = Follow($"apis/apps/v1/namespaces/{ns}/daemonsets", Ours, WorkloadFacts.ReadDaemonSet);
        Deployments = Follow($"apis/apps/v1/namespaces/{ns}/deployments", Ours, WorkloadFacts.ReadDeployment);
        Ingresses = Follow($"apis/networking.k8s.io/v1/namespaces/{ns}/ingresses", Ours, IngressFacts.Read);
    }

    /// <summary>
    /// Raised after a change of pods, workloads, Services or Ingresses, with the name of the runtime that they are of; null when any of them may have
    /// changed, the default agents' for example. Handlers must be quick.
    /// </summary>
    public event Action<string?>? Changed;

    /// <summary>The namespace of kdoctor's parts.</summary>
    public string Namespace { get; }

    public WatchedObjects<NodeFacts> Nodes { get; }

    public WatchedObjects<PodFacts> Pods { get; }

    /// <summary>The pods that are there no more.</summary>
    public GonePods Gone { get; } = new();

    public WatchedObjects<ServiceFacts> Services { get; }

    public WatchedObjects<WorkloadFacts> DaemonSets { get; }

    public WatchedObjects<WorkloadFacts> Deployments { get; }

    public WatchedObjects<IngressFacts> Ingresses { get; }

    /// <summary>Completes when everything was listed once.</summary>
    public Task Synced => Task.WhenAll(loops.Select(loop => loop.Synced));

    // Nodes say of themselves that they are well all the time: nothing that is made depends on them.
    private void Tell(JsonObject? stored)
    {
        if (stored?["kind"]?.GetValue<string>() != "Node")
            Changed?.Invoke(stored?["metadata"]?["labels"]?[ClusterNames.RuntimeLabel]?.GetValue<string>());
    }

    /// <summary>Runs until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => Task.WhenAll(loops.Select(loop => loop.RunAsync(cancellation)));
}
