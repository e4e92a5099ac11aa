using Kdoctor.Core.Tasks;

namespace Kdoctor.Core.Planning.Budgets;

/// <summary>The most requests per second that all rounds together may ask for while they run at the same time; null for no bound.</summary>
public sealed record RequestBudgets
{
    /// <summary>Of one agent: more than one core can keep to its timetable helps nobody.</summary>
    public int? Agent { get; init; } = 20_000;

    /// <summary>Of all agents together.</summary>
    public int? Cluster { get; init; } = 1_000_000;

    /// <summary>Of all agents together, for NetReach tasks.</summary>
    public int? NetReach { get; init; }

    /// <summary>Of all agents together, for AppHttpHealthy tasks.</summary>
    public int? AppHttpHealthy { get; init; }

    /// <summary>Of all agents together, for Netdns tasks.</summary>
    public int? Netdns { get; init; }

    /// <summary>The budget of a kind, with the setting's name.</summary>
    internal (int? Most, string Setting) Of(TaskKind kind) => kind switch
    {
        TaskKind.NetReach => (NetReach, "budgets.netReachMaxQPS"),
        TaskKind.AppHttpHealthy => (AppHttpHealthy, "budgets.appHttpHealthyMaxQPS"),
        TaskKind.Netdns => (Netdns, "budgets.netDnsMaxQPS"),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of task"),
    };
}
