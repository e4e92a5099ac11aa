using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Controller.Settings;

/// <summary>What a single task may ask for.</summary>
[Description("What a single task may ask for, and how many tasks and agents there may be.")]
public sealed record LimitSettings
{
    [Range(1, 1_000_000)]
    [Description("The greatest spec.request.qps of a NetReach: requests per second from each agent to each target.")]
    public int NetReachRequestMaxQPS { get; init; } = TaskLimits.Default.NetReachQps;

    [Range(1, 1_000_000)]
    [Description("The greatest spec.request.qps of an AppHttpHealthy.")]
    public int AppHttpHealthyRequestMaxQPS { get; init; } = TaskLimits.Default.AppHttpHealthyQps;

    [Range(1, 1_000_000)]
    [Description("The greatest spec.request.qps of a Netdns.")]
    public int NetDnsRequestMaxQPS { get; init; } = TaskLimits.Default.NetdnsQps;

    [Range(1, 100_000)]
    [Description("How many tasks are served, the oldest first. Further ones wait until some are gone, and their status says so.")]
    public int MaxTasks { get; init; } = 10_000;

    [Range(1, 20_000)]
    [Description("How many agents may be connected to one replica of the controller.")]
    public int MaxAgents { get; init; } = 10_000;
}
