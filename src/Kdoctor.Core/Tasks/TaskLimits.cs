using Kdoctor.Core.Addresses;

namespace Kdoctor.Core.Tasks;

/// <summary>What the place allows a task, from the process's configuration.</summary>
public sealed record TaskLimits
{
    /// <summary>The limits where nobody set others.</summary>
    public static TaskLimits Default { get; } = new();

    /// <summary>The limits of a lab, where all there is to reach is on loopback addresses.</summary>
    public static TaskLimits Lab { get; } = new() { Addresses = AddressRule.Lab };

    /// <summary>No limits, where somebody else judges them.</summary>
    public static TaskLimits Unjudged { get; } = new() { NetReachQps = int.MaxValue, AppHttpHealthyQps = int.MaxValue, NetdnsQps = int.MaxValue, Addresses = AddressRule.Unjudged };

    /// <summary>The greatest requests per second of a NetReach, from each agent to each target; at least 1.</summary>
    public int NetReachQps { get; init; } = 20;

    /// <summary>The greatest requests per second of an AppHttpHealthy; at least 1.</summary>
    public int AppHttpHealthyQps { get; init; } = 100;

    /// <summary>The greatest requests per second of a Netdns; at least 1.</summary>
    public int NetdnsQps { get; init; } = 100;

    /// <summary>Which addresses the targets of AppHttpHealthy and Netdns may have; ordinary ones by default.</summary>
    public AddressRule Addresses { get; init; } = AddressRule.Strict;

    /// <summary>The greatest requests per second of a kind.</summary>
    public int QpsOf(TaskKind kind) => kind switch
    {
        TaskKind.NetReach => NetReachQps,
        TaskKind.AppHttpHealthy => AppHttpHealthyQps,
        TaskKind.Netdns => NetdnsQps,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of task"),
    };
}
