using System.Collections.Immutable;
using Kdoctor.Core.Backends;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Core.Verdicts;

/// <summary>Judges a round shard by shard, so that only one of them need be in memory at a time; the rules are those of <see cref="Judge"/>. For one thread.</summary>
public sealed class RoundJudge
{
    private readonly RoundPlan plan;
    private readonly Expectation expect;
    private readonly Aftermath aftermath;
    private readonly Circumstances circumstances;
    private readonly SpreadTally spread;
    private readonly Dictionary<string, AgentPlan> planned;
    private readonly Dictionary<string, AgentVerdict> judged = new(StringComparer.Ordinal);
    private RequestTotals totals = RequestTotals.Zero;

    /// <summary>Begins to judge a round.</summary>
    /// <param name="plan">What was planned.</param>
    /// <param name="expect">What the user expects.</param>
    /// <param name="aftermath">What became of the agents meanwhile; null for nothing.</param>
    public RoundJudge(RoundPlan plan, Expectation expect, Aftermath? aftermath = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(expect);
        (this.plan, this.expect, this.aftermath) = (plan, expect, aftermath ?? Aftermath.None);
        circumstances = new Circumstances(plan, this.aftermath);
        spread = new SpreadTally(plan, circumstances.Backends!);
        planned = plan.Agents.ToDictionary(agent => agent.Agent.Id, StringComparer.Ordinal);
    }

    /// <summary>Takes what an agent said into account. A second shard of an agent, and one of an agent that is not in the plan, is ignored.</summary>
    public void Add(AgentShard shard)
    {
        ArgumentNullException.ThrowIfNull(shard);
        if (!planned.TryGetValue(shard.AgentId, out var agent) || judged.ContainsKey(shard.AgentId))
            return;
        judged.Add(shard.AgentId, Judge.Agent(shard, agent, plan, expect, circumstances));
        spread.Add(shard);
        totals = totals.Plus(Totals(shard));
    }

    /// <summary>What all of it comes to.</summary>
    /// <param name="silence">Why an agent is silent, by agent id, where the controller knows it.</param>
    public RoundVerdict Conclude(IReadOnlyDictionary<string, string>? silence = null)
    {
        var agents = plan.Agents
            .Select(agent => judged.GetValueOrDefault(agent.Agent.Id) ?? SilentAgent(agent.Agent, silence?.GetValueOrDefault(agent.Agent.Id), circumstances.DepartureOf(agent.Agent.Id)))
            .ToImmutableArray();
        foreach (var agent in plan.Agents.Where(agent => !judged.ContainsKey(agent.Agent.Id)))
        {
            var unreported = plan.TargetsOf(agent).Count() * plan.Load.RequestsPerTarget;
            totals = totals.Plus(RequestTotals.Zero with { Planned = unreported, Unreported = unreported });
        }
        var (verdict, summary) = RoundConclusion.Of(plan, agents, totals, [.. spread.Everywhere]);
        return new RoundVerdict { Verdict = verdict, Summary = summary, Agents = agents, Totals = totals, Aftermath = aftermath };
    }

    private RequestTotals Totals(AgentShard shard) => shard.Targets
        .Where(target => plan.Holds(target.Target))
        .Aggregate(RequestTotals.Zero, (sum, target) =>
            sum.Plus(new(target.Planned, target.Sent, target.Succeeded, target.Failed, target.Unsent, target.Cancelled)));

    // Whoever was taken away on purpose, or was just being replaced or started when the round began, proves nothing by its silence; neither that its corner is healthy.
    private static AgentVerdict SilentAgent(AgentInfo agent, string? why, Departure? departed) => new()
    {
        AgentId = agent.Id,
        State = AgentState.Silent,
        Verdict = departed is null && !agent.Changing ? Verdict.Fail : Verdict.Unknown,
        Reasons = [$"agent {agent.Name} on {agent.NodeName} {WhySilent(agent, why, departed)}"],
    };

    private static string WhySilent(AgentInfo agent, string? why, Departure? departed)
    {
        if (departed is not null)
            return $"went before its results arrived: {departed.Words}";
        if (agent is { Changing: true, Absence: { } absence })
            return $"was not there when the round began: {absence}";
        return $"is silent: {why ?? (agent.Connected ? "its results did not arrive by the round's end" : "it was not connected when the round began")}";
    }
}
