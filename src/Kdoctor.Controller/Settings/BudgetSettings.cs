using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Kdoctor.Core.Planning.Budgets;

namespace Kdoctor.Controller.Settings;

/// <summary>What all tasks together may ask for.</summary>
[Description("What all tasks together may ask for.")]
public sealed record BudgetSettings
{
    [Range(1, 10_000_000)]
    [Description("The most requests per second that one agent sends for all tasks that run at the same time. A round that would pass it waits until others have ended; one that would pass it alone is not run.")]
    public int AgentMaxQPS { get; init; } = new RequestBudgets().Agent!.Value;

    [Range(1, 100_000_000)]
    [Description("The most requests per second that all agents together send for all tasks that run at the same time.")]
    public int ClusterMaxQPS { get; init; } = new RequestBudgets().Cluster!.Value;

    [Range(1, 100_000_000)]
    [Description("The most requests per second that all agents together send for NetReach tasks. Without it there is no such bound.")]
    public int? NetReachMaxQPS { get; init; }

    [Range(1, 100_000_000)]
    [Description("The most requests per second that all agents together send for AppHttpHealthy tasks. Without it there is no such bound.")]
    public int? AppHttpHealthyMaxQPS { get; init; }

    [Range(1, 100_000_000)]
    [Description("The most requests per second that all agents together send for Netdns tasks. Without it there is no such bound.")]
    public int? NetDnsMaxQPS { get; init; }

    /// <summary>The same, as planning is told.</summary>
    internal RequestBudgets Budgets => new()
    {
        Agent = AgentMaxQPS,
        Cluster = ClusterMaxQPS,
        NetReach = NetReachMaxQPS,
        AppHttpHealthy = AppHttpHealthyMaxQPS,
        Netdns = NetDnsMaxQPS,
    };
}
