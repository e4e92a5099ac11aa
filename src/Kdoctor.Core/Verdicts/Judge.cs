using System.Collections.Immutable;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Core.Verdicts;

/// <summary>
/// Turns a round's shards into a verdict. Pure.
/// 1. Each agent's own health is looked at first, so that what it did wrong is not blamed on the network.
/// 2. Each target of each agent is held against the task's expectations.
/// 3. A silent agent fails: the round asked it, and there is no evidence that its corner is healthy.
/// 4. The round fails if any agent failed beside some evidence; without any request sent it is unknown, and so it is when something
///    that the task asked for was left out or could not be measured.
/// </summary>
public static class Judge
{
    /// <summary>A request sent later than this after its intended start counts as late.</summary>
    public static readonly TimeSpan LateAfter = TimeSpan.FromMilliseconds(50);

    /// <summary>The share of late requests above which an agent is called overloaded.</summary>
    public const double OverloadedLateShare = 0.01;

    private const int ReasonsKept = 20;

    /// <summary>Judges a round.</summary>
    /// <param name="plan">What was planned.</param>
    /// <param name="expect">What the user expects.</param>
    /// <param name="shards">What arrived, at most one per agent; shards of agents that are not in the plan are ignored.</param>
    /// <param name="silence">Why an agent is silent, by agent id, where the controller knows it.</param>
    public static RoundVerdict Round(
        RoundPlan plan, Expectation expect, IEnumerable<AgentShard> shards, IReadOnlyDictionary<string, string>? silence = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(expect);
        ArgumentNullException.ThrowIfNull(shards);
        var byAgent = shards.ToDictionary(shard => shard.AgentId, StringComparer.Ordinal);
        var agents = plan.Agents
            .Select(agent => byAgent.TryGetValue(agent.Agent.Id, out var shard)
                ? Agent(shard, plan, expect)
                : SilentAgent(agent.Agent, silence?.GetValueOrDefault(agent.Agent.Id)))
            .ToImmutableArray();
        var totals = plan.Agents
            .Where(agent => byAgent.ContainsKey(agent.Agent.Id))
            .Aggregate(RequestTotals.Zero, (sum, agent) => sum.Plus(Totals(byAgent[agent.Agent.Id])));
        var (verdict, summary) = Conclude(plan, agents, totals);
        return new RoundVerdict { Verdict = verdict, Summary = summary, Agents = agents, Totals = totals };
    }

    /// <summary>Judges one agent's shard.</summary>
    public static AgentVerdict Agent(AgentShard shard, RoundPlan plan, Expectation expect)
    {
        ArgumentNullException.ThrowIfNull(shard);
        ArgumentNullException.ThrowIfNull(plan);
        var overload = OverloadOf(shard);
        var targets = shard.Targets.Select(target => (Shard: target, Verdict: Target(target, expect, overload is not null))).ToList();
        var verdict = shard.CutShort is not null && targets.All(target => target.Verdict.Verdict != Verdict.Fail)
            ? Verdict.Unknown
            : Worst(targets.Select(target => target.Verdict.Verdict));
        var reasons = new List<string>();
        if (shard.CutShort is { } cut)
            reasons.Add($"the round was cut short: {cut}");
        if (overload is not null)
            reasons.Add($"the agent itself was overloaded: {overload}");
        if (targets.Count == 0)
            reasons.Add("no target was planned for this agent");
        reasons.AddRange(targets.SelectMany(target => target.Verdict.Reasons.Select(reason => $"{NameOf(plan, target.Shard.Target)}: {reason}")));
        return new AgentVerdict
        {
            AgentId = shard.AgentId,
            State = AgentState.Reported,
            Verdict = verdict,
            Reasons = verdict == Verdict.Succeed ? [] : Bounded(reasons),
            Overload = overload,
        };
    }

    /// <summary>Holds one target of one agent against the expectations. The success rate is successes over requests sent; the mean is over successes.</summary>
    /// <param name="shard">What was seen.</param>
    /// <param name="expect">What is expected.</param>
    /// <param name="overloaded">Whether the agent was overloaded: then a delay proves nothing about the network.</param>
    public static TargetVerdict Target(TargetShard shard, Expectation expect, bool overloaded)
    {
        ArgumentNullException.ThrowIfNull(shard);
        ArgumentNullException.ThrowIfNull(expect);
        var answered = shard.Sent - shard.Cancelled;
        if (answered <= 0)
            return new(shard.Target, Verdict.Unknown, ["no request was sent and answered for"]);

        var verdict = Verdict.Succeed;
        var reasons = ImmutableArray.CreateBuilder<string>();
        var rate = (double)shard.Succeeded / answered;
        if (rate < expect.SuccessRate)
        {
            verdict = Verdict.Fail;
            reasons.Add(FormattableString.Invariant(
                $"success rate {rate:0.####} is below the expected {expect.SuccessRate:0.####} ({shard.Succeeded} of {answered} requests; {FailuresOf(shard)})"));
        }
        var limit = expect.MeanDelay.TotalMilliseconds;
        if (shard.Latency.Mean / 1e6 is { } mean && mean > limit)
        {
            if (verdict == Verdict.Succeed)
                verdict = overloaded ? Verdict.Unknown : Verdict.Fail;
            reasons.Add(FormattableString.Invariant($"mean delay {mean:0.###} ms is above the expected {limit:0.###} ms"));
        }
        if (shard.Unsent > 0)
        {
            if (verdict == Verdict.Succeed)
                verdict = Verdict.Unknown;
            reasons.Add(FormattableString.Invariant($"the agent did not send {shard.Unsent} of {shard.Planned} requests"));
        }
        if (shard.Cancelled > 0)
        {
            if (verdict == Verdict.Succeed)
                verdict = Verdict.Unknown;
            reasons.Add(FormattableString.Invariant($"{shard.Cancelled} requests were under way when the round was cut short"));
        }
        return new(shard.Target, verdict, reasons.ToImmutable());
    }

    /// <summary>The counts over all targets of a shard.</summary>
    public static RequestTotals Totals(AgentShard shard)
    {
        ArgumentNullException.ThrowIfNull(shard);
        return shard.Targets.Aggregate(RequestTotals.Zero, (sum, target) =>
            sum.Plus(new(target.Planned, target.Sent, target.Succeeded, target.Failed, target.Unsent, target.Cancelled)));
    }

    private static string? OverloadOf(AgentShard shard)
    {
        // What was cut short from outside left requests unsent without any fault of the agent's.
        var unsent = shard.CutShort is null ? shard.Targets.Sum(target => target.Unsent) : 0;
        var late = shard.Lateness.CountAbove((long)LateAfter.TotalNanoseconds);
        var sent = shard.Lateness.Count;
        if (unsent > 0)
            return FormattableString.Invariant($"{unsent} requests were not sent");
        return late > sent * OverloadedLateShare
            ? FormattableString.Invariant($"{late} of {sent} requests were sent more than {LateAfter.TotalMilliseconds:0} ms after their time")
            : null;
    }

    private static AgentVerdict SilentAgent(AgentInfo agent, string? why) => new()
    {
        AgentId = agent.Id,
        State = AgentState.Silent,
        Verdict = Verdict.Fail,
        Reasons = [$"agent {agent.Name} on {agent.NodeName} is silent: {why ?? (agent.Connected ? "its results did not arrive by the round's end" : "it was not connected when the round began")}"],
    };

    private static (Verdict Verdict, string Summary) Conclude(RoundPlan plan, ImmutableArray<AgentVerdict> agents, RequestTotals totals)
    {
        var silent = agents.Count(agent => agent.State == AgentState.Silent);
        var failed = agents.Count(agent => agent.State == AgentState.Reported && agent.Verdict == Verdict.Fail);
        var unknown = agents.Count(agent => agent.Verdict == Verdict.Unknown);
        var sent = FormattableString.Invariant($"{totals.Succeeded} of {totals.Sent} requests succeeded");
        if (agents.Length == 0)
            return (Verdict.Unknown, "no agent could take part");
        if (plan.Targets.Length == 0)
            return (Verdict.Unknown, $"nothing could be tested: {LeftOutWords(plan)}");
        if (totals.Sent == 0)
            return (Verdict.Unknown, silent == agents.Length ? $"all {silent} agents are silent: no evidence" : "no request was sent: no evidence");
        if (failed + silent > 0)
        {
            var parts = new List<string>();
            if (failed > 0)
                parts.Add($"{failed} of {agents.Length} agents failed");
            if (silent > 0)
                parts.Add($"{silent} of {agents.Length} agents are silent");
            return (Verdict.Fail, $"{string.Join(" and ", parts)}; {sent}");
        }
        if (unknown > 0)
            return (Verdict.Unknown, $"{unknown} of {agents.Length} agents could not measure all; {sent}");
        if (plan.LeftOut.Length > 0)
            return (Verdict.Unknown, $"what was tested is healthy ({sent}), but not all could be tested: {LeftOutWords(plan)}");
        return (Verdict.Succeed, $"{agents.Length} agents, {sent}");
    }

    private static string LeftOutWords(RoundPlan plan) =>
        plan.LeftOut.Length == 0 ? "the task names no target" : string.Join("; ", plan.LeftOut.Select(left => left.Reason).Distinct(StringComparer.Ordinal));

    private static string FailuresOf(TargetShard shard) => string.Join(", ", shard.Failures
        .OrderByDescending(failure => failure.Value)
        .Select(failure => FormattableString.Invariant($"{failure.Key}: {failure.Value}")));

    private static string NameOf(RoundPlan plan, int target) => target >= 0 && target < plan.Targets.Length ? plan.Targets[target].Name : $"target {target}";

    private static Verdict Worst(IEnumerable<Verdict> verdicts)
    {
        var all = verdicts.ToList();
        if (all.Contains(Verdict.Fail))
            return Verdict.Fail;
        return all.Count == 0 || all.Contains(Verdict.Unknown) ? Verdict.Unknown : Verdict.Succeed;
    }

    private static ImmutableArray<string> Bounded(List<string> reasons) => reasons.Count <= ReasonsKept
        ? [.. reasons]
        : [.. reasons.Take(ReasonsKept), $"and {reasons.Count - ReasonsKept} more, each at its target"];
}
