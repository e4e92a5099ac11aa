using System.Net;
using k8s;

namespace Kdoctor.Controller.Serving;

/// <summary>What a controller in a pod knows of its place.</summary>
internal sealed record ClusterControllerOptions
{
    /// <summary>The cluster's API server.</summary>
    public required KubernetesClientConfiguration Kubernetes { get; init; }

    /// <summary>The namespace that it runs in.</summary>
    public required string Namespace { get; init; }

    /// <summary>The address that its ports listen on; <c>::</c> for all of both families.</summary>
    public IPAddress Listen { get; init; } = IPAddress.IPv6Any;

    /// <summary>The secret that lets agents join, made where it is missing; null in a cluster of pods, where their service account's tokens do.</summary>
    public string? JoinTokenFile { get; init; }
}
