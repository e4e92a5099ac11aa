using System.Collections.Immutable;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace Kdoctor.Controller.Cluster;

/// <summary>What is kept of a DaemonSet or Deployment of agents: which nodes and how many pods it wants.</summary>
internal sealed record WorkloadFacts
{
    public required string Name { get; init; }

    /// <summary>How many pods a Deployment wants; null for a DaemonSet: one on each node that fits.</summary>
    public int? Replicas { get; init; }

    public IReadOnlyDictionary<string, string> NodeSelector { get; init; } = new Dictionary<string, string>();

    public ImmutableArray<V1Toleration> Tolerations { get; init; } = [];

    /// <summary>Of which a node must match one; null for any node.</summary>
    public ImmutableArray<V1NodeSelectorTerm>? RequiredTerms { get; init; }

    public static WorkloadFacts ReadDaemonSet(JsonObject stored)
    {
        var found = KubernetesJson.Deserialize<V1DaemonSet>(stored.ToJsonString());
        return Of(found.Metadata.Name, null, found.Spec.Template.Spec);
    }

    public static WorkloadFacts ReadDeployment(JsonObject stored)
    {
        var found = KubernetesJson.Deserialize<V1Deployment>(stored.ToJsonString());
        return Of(found.Metadata.Name, found.Spec.Replicas ?? 1, found.Spec.Template.Spec);
    }

    private static WorkloadFacts Of(string name, int? replicas, V1PodSpec pod) => new()
    {
        Name = name,
        Replicas = replicas,
        NodeSelector = new Dictionary<string, string>(pod.NodeSelector ?? new Dictionary<string, string>(), StringComparer.Ordinal),
        Tolerations = [.. pod.Tolerations ?? []],
        RequiredTerms = pod.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms is { } terms ? [.. terms] : null,
    };
}
