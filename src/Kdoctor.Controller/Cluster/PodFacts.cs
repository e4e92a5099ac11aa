using System.Collections.Immutable;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Kdoctor.Core.Deployment;

namespace Kdoctor.Controller.Cluster;

/// <summary>What is kept of a pod of ours.</summary>
internal sealed record PodFacts
{
    public required string Uid { get; init; }

    public required string Name { get; init; }

    /// <summary>The part that it is of: <see cref="ClusterNames.NameLabel"/>.</summary>
    public required string Part { get; init; }

    /// <summary>The node that it runs on or is meant for; null for none yet.</summary>
    public string? Node { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>Whether it is being deleted.</summary>
    public bool Terminating { get; init; }

    /// <summary>When its deletion was asked for, to the second; null when it was not.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>Whether it had ended of itself when its deletion was asked for: evicted, say.</summary>
    public bool EndedFirst { get; init; }

    /// <summary>Whether it has ended for good: evicted, say.</summary>
    public bool Ended { get; init; }

    /// <summary>Whether it is ready, so that services send it requests.</summary>
    public bool Ready { get; init; }

    /// <summary>Since when it is ready; null when it is not, or has not said so.</summary>
    public DateTimeOffset? ReadySince { get; init; }

    public bool HostNetwork { get; init; }

    /// <summary>Where its echo listens.</summary>
    public int EchoPort { get; init; } = ClusterPorts.EchoContainer;

    /// <summary>Its own addresses, or its node's in the host's network.</summary>
    public ImmutableArray<string> Ips { get; init; } = [];

    /// <summary>Its further interfaces.</summary>
    public NetworkStatus Networks { get; init; } = NetworkStatus.None;

    /// <summary>Why it does not run; null when it does.</summary>
    public PodTrouble? Trouble { get; init; }

    public static PodFacts Read(JsonObject stored)
    {
        var pod = KubernetesJson.Deserialize<V1Pod>(stored.ToJsonString());
        var labels = pod.Metadata.Labels ?? new Dictionary<string, string>();
        var ips = (pod.Status?.PodIPs ?? []).Select(address => address.Ip).Append(pod.Status?.PodIP).OfType<string>().Where(ip => ip.Length > 0).Distinct(StringComparer.Ordinal);
        var ready = pod.Status?.Conditions?.FirstOrDefault(condition => condition is { Type: "Ready", Status: "True" });
        return new PodFacts
        {
            Uid = pod.Metadata.Uid,
            Name = pod.Metadata.Name,
            Part = labels.TryGetValue(ClusterNames.NameLabel, out var part) ? part : "",
            Node = pod.Spec?.NodeName ?? MeantFor(pod.Spec),
            Created = Instant(pod.Metadata.CreationTimestamp) ?? DateTimeOffset.UnixEpoch,
            Terminating = pod.Metadata.DeletionTimestamp is not null,
            DeletedAt = DeletedAtOf(pod),
            EndedFirst = pod.Status?.Reason == "Evicted" || (DeletedAtOf(pod) is { } deleted && pod.Status?.ContainerStatuses is { Count: > 0 } containers
                && containers.All(container => container.State?.Terminated is { FinishedAt: { } finished } && Instant(finished) < deleted)),
            Ended = pod.Status?.Phase is "Failed" or "Succeeded",
            Ready = ready is not null,
            ReadySince = Instant(ready?.LastTransitionTime),
            HostNetwork = pod.Spec?.HostNetwork ?? false,
            EchoPort = EchoPortOf(pod.Spec),
            Ips = [.. ips],
            Networks = NetworkStatus.Read(pod.Metadata.Annotations),
            Trouble = PodTrouble.Of(pod),
        };
    }

    private static DateTimeOffset? Instant(DateTime? told) => told is { } instant ? new DateTimeOffset(instant.ToUniversalTime(), TimeSpan.Zero) : null;

    // The timestamp says when the grace ends that the pod was given.
    private static DateTimeOffset? DeletedAtOf(V1Pod pod) =>
        Instant(pod.Metadata.DeletionTimestamp) - TimeSpan.FromSeconds(pod.Metadata.DeletionGracePeriodSeconds ?? 0);

    // A DaemonSet's pod that is not scheduled yet names its node in its affinity.
    private static string? MeantFor(V1PodSpec? spec) => spec?.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms?
        .SelectMany(term => term.MatchFields ?? [])
        .FirstOrDefault(field => field is { Key: "metadata.name", OperatorProperty: "In", Values.Count: 1 })?.Values[0];

    private static int EchoPortOf(V1PodSpec? spec) => spec?.Containers?
        .FirstOrDefault(container => container.Name == ClusterNames.Agent)?.Ports?
        .FirstOrDefault(port => port.Name == WorkloadFacts.HttpPort)?.ContainerPort ?? ClusterPorts.EchoContainer;
}
