using System.Collections.Frozen;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Core.Planning.Budgets;

/// <summary>What a round asks of its agents, in requests per second.</summary>
public sealed record RoundDemand
{
    // Clocks of agents are not asked: they count from when they are told, and that takes this long at most unless they are cut off.
    private static readonly TimeSpan Delivery = TimeSpan.FromSeconds(1);

    /// <summary>Its task, as its uid names it.</summary>
    public required string TaskUid { get; init; }

    /// <summary>Its task's kind.</summary>
    public required TaskKind Kind { get; init; }

    /// <summary>What its task asks of each agent and target: <c>qps</c>.</summary>
    public required double RequestsPerSecond { get; init; }

    /// <summary>By agent id.</summary>
    public required FrozenDictionary<string, double> Agents { get; init; }

    /// <summary>Of all agents together.</summary>
    public required double Total { get; init; }

    /// <summary>When its last request has ended, whether its results have come or not.</summary>
    public required DateTimeOffset Ends { get; init; }

    /// <summary>What a plan asks for.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="lastBegin">When the last agent begins; null for all at the plan's start.</param>
    public static RoundDemand Of(RoundPlan plan, DateTimeOffset? lastBegin = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var agents = plan.Agents.ToFrozenDictionary(
            agent => agent.Agent.Id, agent => (agent.Targets?.Length ?? plan.Targets.Length) * plan.Load.RequestsPerSecond, StringComparer.Ordinal);
        return new RoundDemand
        {
            TaskUid = plan.Id.TaskUid,
            Kind = Enum.Parse<TaskKind>(plan.TaskKind),
            RequestsPerSecond = plan.Load.RequestsPerSecond,
            Agents = agents,
            Total = agents.Values.Sum(),
            Ends = (lastBegin ?? plan.Start) + plan.Load.Duration + plan.Load.RequestTimeout + Delivery,
        };
    }
}
