using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Kdoctor.Controller.Settings;

/// <summary>What all tasks together may ask for.</summary>
[Description("What all tasks together may ask for.")]
public sealed record BudgetSettings
{
    [Range(1, 10_000_000)]
    [Description("The most requests per second that one agent sends for all tasks that run at the same time. Without it there is no such bound.")]
    public int? AgentMaxQPS { get; init; }

    [Range(1, 100_000_000)]
    [Description("The most requests per second that all agents together send for all tasks that run at the same time. Without it there is no such bound.")]
    public int? ClusterMaxQPS { get; init; }

    [Range(1, 100_000_000)]
    [Description("The most requests per second that all agents together send for NetReach tasks. Without it there is no such bound.")]
    public int? NetReachMaxQPS { get; init; }

    [Range(1, 100_000_000)]
    [Description("The most requests per second that all agents together send for AppHttpHealthy tasks. Without it there is no such bound.")]
    public int? AppHttpHealthyMaxQPS { get; init; }

    [Range(1, 100_000_000)]
    [Description("The most requests per second that all agents together send for Netdns tasks. Without it there is no such bound.")]
    public int? NetDnsMaxQPS { get; init; }
}
