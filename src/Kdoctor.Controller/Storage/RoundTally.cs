using System.Collections.Immutable;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Verdicts;

namespace Kdoctor.Controller.Storage;

/// <summary>What a round's agents came to, in so few words that lists can show it; each list holds at most <see cref="Kept"/> names.</summary>
public sealed record RoundTally
{
    /// <summary>How many names a list holds; one more entry then says how many were left out.</summary>
    public const int Kept = 100;

    /// <summary>How many agents delivered in time.</summary>
    public required int Reported { get; init; }

    /// <summary>The requests of all that reported.</summary>
    public required RequestTotals Requests { get; init; }

    /// <summary>Nodes of agents whose every target was healthy; once per agent.</summary>
    public required ImmutableArray<string> SucceededNodes { get; init; }

    /// <summary>Nodes of agents that reported and did not succeed.</summary>
    public required ImmutableArray<string> FailedNodes { get; init; }

    /// <summary>Nodes of agents that did not report in time.</summary>
    public required ImmutableArray<string> SilentNodes { get; init; }

    /// <summary>Names of agents that reported and failed.</summary>
    public required ImmutableArray<string> FailedAgents { get; init; }

    /// <summary>Names of agents that did not report in time.</summary>
    public required ImmutableArray<string> SilentAgents { get; init; }

    /// <summary>Sorts a round's agents by its verdict.</summary>
    public static RoundTally Of(RoundPlan plan, RoundVerdict verdict)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(verdict);
        var agents = plan.Agents.ToDictionary(agent => agent.Agent.Id, agent => agent.Agent, StringComparer.Ordinal);
        ImmutableArray<string> List(Func<AgentVerdict, bool> chosen, Func<AgentInfo, string> name) =>
            Bounded([.. verdict.Agents.Where(chosen).Select(agent => name(agents[agent.AgentId]))]);
        return new RoundTally
        {
            Reported = verdict.Agents.Count(agent => agent.State == AgentState.Reported),
            Requests = verdict.Totals,
            SucceededNodes = List(agent => IsReported(agent) && agent.Verdict == Verdict.Succeed, agent => agent.NodeName),
            FailedNodes = List(agent => IsReported(agent) && agent.Verdict != Verdict.Succeed, agent => agent.NodeName),
            SilentNodes = List(agent => !IsReported(agent), agent => agent.NodeName),
            FailedAgents = List(agent => IsReported(agent) && agent.Verdict == Verdict.Fail, agent => agent.Name),
            SilentAgents = List(agent => !IsReported(agent), agent => agent.Name),
        };
    }

    private static bool IsReported(AgentVerdict agent) => agent.State == AgentState.Reported;

    private static ImmutableArray<string> Bounded(ImmutableArray<string> names) =>
        names.Length <= Kept ? names : [.. names.Take(Kept), $"and {names.Length - Kept} more"];
}
