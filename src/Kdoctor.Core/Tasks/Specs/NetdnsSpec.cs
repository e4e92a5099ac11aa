using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Kdoctor.Core.Tasks.Specs;

/// <summary>The spec of a Netdns.</summary>
[Description("Does DNS answer every agent?")]
public sealed record NetdnsSpec
{
    [Description("Agents of the task's own. Without it the default agents do the work.")]
    public AgentSpec? AgentSpec { get; init; }

    [Description("Only agents on nodes with these labels ask. Without it all do.")]
    public LabelSelectorSpec? SourceAgentNodeSelector { get; init; }

    [Description("When rounds start, how many, and how long one may take.")]
    public ScheduleSpec Schedule { get; init; } = new();

    [Description("The load that each agent puts on each server, and the question it asks.")]
    public NetdnsRequestSpec Request { get; init; } = new();

    [Required]
    [Description("The servers to ask: exactly one of targetUser and targetDns.")]
    public NetdnsTargetSpec? Target { get; init; }

    [Description("What every server must meet for the round to succeed.")]
    public ExpectSpec Expect { get; init; } = new();
}

/// <summary>The servers of a Netdns.</summary>
[Description("The servers to ask: exactly one of targetUser and targetDns.")]
public sealed record NetdnsTargetSpec
{
    [Description("A server of your own.")]
    public NetdnsTargetUserSpec? TargetUser { get; init; }

    [Description("The cluster's DNS service and each replica behind it.")]
    public NetdnsTargetDnsSpec? TargetDns { get; init; }

    [Description("Accepted for manifests of earlier releases. Latency percentiles are always measured.")]
    public bool EnableLatencyMetric { get; init; }
}

/// <summary>A named DNS server.</summary>
[Description("A server of your own.")]
public sealed record NetdnsTargetUserSpec
{
    [Required]
    [Description("The server's address, or a host name.")]
    public string? Server { get; init; }

    [Range(1, 65535)]
    [Description("The server's port.")]
    public int Port { get; init; } = 53;
}

/// <summary>A DNS service of the cluster.</summary>
[Description("The cluster's DNS service and each replica behind it.")]
public sealed record NetdnsTargetDnsSpec
{
    [ComputedDefault("the cluster's DNS service")]
    [Description("The service's name. Needs serviceNamespace.")]
    public string? ServiceName { get; init; }

    [ComputedDefault("the namespace of the cluster's DNS service")]
    [Description("The service's namespace. Needs serviceName.")]
    public string? ServiceNamespace { get; init; }

    [Description("Ask the service and its replicas at their IPv4 addresses.")]
    public bool TestIPv4 { get; init; } = true;

    [Description("Ask the service and its replicas at their IPv6 addresses.")]
    public bool TestIPv6 { get; init; }
}
