using System.Collections.Immutable;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Kdoctor.Core.Deployment;

namespace Kdoctor.Controller.Cluster;

/// <summary>What is kept of a DaemonSet or Deployment of agents: which nodes and how many pods it wants.</summary>
internal sealed record WorkloadFacts
{
    /// <summary>How an agent's container calls the port of its echo.</summary>
    public const string HttpPort = "http";

    /// <summary>How an agent's container calls the port of its health.</summary>
    public const string HealthPort = "health";

    public required string Name { get; init; }

    /// <summary>The object as the API server told it; never changed.</summary>
    public required JsonObject Stored { get; init; }

    /// <summary>How many pods a Deployment wants; null for a DaemonSet: one on each node that fits.</summary>
    public int? Replicas { get; init; }

    public IReadOnlyDictionary<string, string> NodeSelector { get; init; } = new Dictionary<string, string>();

    public ImmutableArray<V1Toleration> Tolerations { get; init; } = [];

    /// <summary>Of which a node must match one; null for any node.</summary>
    public ImmutableArray<V1NodeSelectorTerm>? RequiredTerms { get; init; }

    /// <summary>How many pods it wants, by its own status.</summary>
    public int Wanted { get; init; }

    /// <summary>How many of them are ready.</summary>
    public int Ready { get; init; }

    /// <summary>The ports of its nodes that its agents take; null where they have a network of their own.</summary>
    public AgentPorts? HostPorts { get; init; }

    public static WorkloadFacts ReadDaemonSet(JsonObject stored)
    {
        var found = KubernetesJson.Deserialize<V1DaemonSet>(stored.ToJsonString());
        return Of(stored, found.Metadata.Name, null, found.Spec.Template.Spec) with { Wanted = found.Status?.DesiredNumberScheduled ?? 0, Ready = found.Status?.NumberReady ?? 0 };
    }

    public static WorkloadFacts ReadDeployment(JsonObject stored)
    {
        var found = KubernetesJson.Deserialize<V1Deployment>(stored.ToJsonString());
        return Of(stored, found.Metadata.Name, found.Spec.Replicas ?? 1, found.Spec.Template.Spec) with { Wanted = found.Spec.Replicas ?? 1, Ready = found.Status?.ReadyReplicas ?? 0 };
    }

    private static WorkloadFacts Of(JsonObject stored, string name, int? replicas, V1PodSpec pod) => new()
    {
        Stored = stored,
        Name = name,
        Replicas = replicas,
        NodeSelector = new Dictionary<string, string>(pod.NodeSelector ?? new Dictionary<string, string>(), StringComparer.Ordinal),
        Tolerations = [.. pod.Tolerations ?? []],
        RequiredTerms = pod.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms is { } terms ? [.. terms] : null,
        HostPorts = pod.HostNetwork is true ? new AgentPorts(PortOf(pod, HttpPort, AgentPorts.Usual.Echo), PortOf(pod, HealthPort, AgentPorts.Usual.Health)) : null,
    };

    private static int PortOf(V1PodSpec pod, string name, int usual) => pod.Containers?
        .FirstOrDefault(container => container.Name == ClusterNames.Agent)?.Ports?
        .FirstOrDefault(port => port.Name == name)?.ContainerPort ?? usual;
}
