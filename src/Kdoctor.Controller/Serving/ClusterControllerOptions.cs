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

    /// <summary>Who this controller is among its replicas: the pod's name. Two containers of one pod run after each other, so that the second may go on as the first.</summary>
    public required string Identity { get; init; }

    /// <summary>The address under which agents reach this replica: the pod's own.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>How to connect to the PostgreSQL that all replicas share; a secret. Null where there is none.</summary>
    public string? Postgres { get; init; }

    /// <summary>The secret that lets agents join, made where it is missing; null in a cluster of pods, where their service account's tokens do.</summary>
    public string? JoinTokenFile { get; init; }

    /// <summary>Where agents find this replica, <c>host:port</c>.</summary>
    public string AgentsAddress(int port) => new IPEndPoint(Address, port).ToString();
}
