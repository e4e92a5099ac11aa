using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Kdoctor.Core.Tasks.Specs;

/// <summary>The spec of an AppHttpHealthy.</summary>
[Description("Is one HTTP address healthy, seen from every agent?")]
public sealed record AppHttpHealthySpec
{
    [Description("Agents of the task's own. Without it the default agents do the work.")]
    public AgentSpec? AgentSpec { get; init; }

    [Description("When rounds start, how many, and how long one may take.")]
    public ScheduleSpec Schedule { get; init; } = new();

    [Description("The load that each agent puts on the address.")]
    public RequestSpec Request { get; init; } = new();

    [Required]
    [Description("The address and the request to send there.")]
    public AppHttpHealthyTargetSpec? Target { get; init; }

    [Description("What the address must meet for the round to succeed.")]
    public AppHttpHealthyExpectSpec Expect { get; init; } = new();
}

/// <summary>The address of an AppHttpHealthy.</summary>
[Description("The address and the request to send there.")]
public sealed record AppHttpHealthyTargetSpec
{
    [Required]
    [Description("The URL, http or https. Without a scheme it is http.")]
    public string? Host { get; init; }

    [Required]
    [AllowedValues("GET", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "PATCH", "HEAD")]
    [Description("The request's method.")]
    public string? Method { get; init; }

    [Description("Ask over HTTP/2 instead of HTTP/1.1.")]
    public bool Http2 { get; init; }

    [Description("Header fields to send, each written as Name: value, in US-ASCII.")]
    public IReadOnlyList<string>? Header { get; init; }

    [Description("The ConfigMap whose content is the request's body: the value of its only key, body, as it is; with other keys, all of them as one JSON object. "
        + "Needs bodyConfigmapNamespace.")]
    public string? BodyConfigmapName { get; init; }

    [Description("The namespace of the ConfigMap. Needs bodyConfigmapName.")]
    public string? BodyConfigmapNamespace { get; init; }

    [Description("The Secret with the keys ca.crt, tls.crt and tls.key. With ca.crt the server is verified, without it not. "
        + "Needs tlsSecretNamespace.")]
    public string? TlsSecretName { get; init; }

    [Description("The namespace of the Secret. Needs tlsSecretName.")]
    public string? TlsSecretNamespace { get; init; }

    [Description("Keep connections for the next request. Off, each request opens its own, so that none hides a dead backend or a broken path.")]
    public bool KeepAlive { get; init; }

    [Description("Accepted for manifests of earlier releases. Latency percentiles are always measured.")]
    public bool EnableLatencyMetric { get; init; }
}
