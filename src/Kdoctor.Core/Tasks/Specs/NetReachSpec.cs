using System.ComponentModel;

namespace Kdoctor.Core.Tasks.Specs;

/// <summary>The spec of a NetReach.</summary>
[Description("Does every agent reach every agent, over every channel that is chosen?")]
public sealed record NetReachSpec
{
    [Description("Agents of the task's own. Without it the default agents do the work.")]
    public AgentSpec? AgentSpec { get; init; }

    [Description("When rounds start, how many, and how long one may take.")]
    public ScheduleSpec Schedule { get; init; } = new();

    [Description("The load that each agent puts on each target.")]
    public RequestSpec Request { get; init; } = new();

    [Description("The channels and families over which the agents reach each other.")]
    public NetReachTargetSpec Target { get; init; } = new();

    [Description("What every target must meet for the round to succeed.")]
    public ExpectSpec Expect { get; init; } = new();
}

/// <summary>The channels of a NetReach.</summary>
[Description("The channels and families over which the agents reach each other.")]
public sealed record NetReachTargetSpec
{
    [Description("Reach each agent at its own pod address.")]
    public bool Endpoint { get; init; } = true;

    [Description("Reach each agent at the address of each further (Multus) interface.")]
    public bool MultusInterface { get; init; }

    [Description("Reach the agents' service by its cluster address.")]
    public bool ClusterIP { get; init; } = true;

    [Description("Reach the agents' service by the node port of every node.")]
    public bool NodePort { get; init; } = true;

    [Description("Reach the agents' service by the address of its load balancer.")]
    public bool LoadBalancer { get; init; }

    [Description("Reach the agents' service through its ingress.")]
    public bool Ingress { get; init; }

    [Description("Test over IPv4.")]
    public bool Ipv4 { get; init; } = true;

    [Description("Test over IPv6.")]
    public bool Ipv6 { get; init; }

    [Description("Keep connections for the next request. Off, each request opens its own, so that none hides a dead backend or a broken path.")]
    public bool KeepAlive { get; init; }

    [Description("Accepted for manifests of earlier releases. Latency percentiles are always measured.")]
    public bool EnableLatencyMetric { get; init; }
}
