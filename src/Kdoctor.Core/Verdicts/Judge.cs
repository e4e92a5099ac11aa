using System.Collections.Immutable;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Core.Verdicts;

/// <summary>
/// Turns a round's shards into a verdict. Pure.
/// 1. Each agent's own health is looked at first, so that what it did wrong is not blamed on the network.
/// 2. Each target of each agent is held against the task's expectations.
/// 3. A silent agent fails: the round asked it, and there is no evidence that its corner is healthy. One whose pod was deleted, or just being replaced or started, is unknown.
/// 4. Every backend that an address of the agents' service leads to must have answered there, as far as requests can tell.
/// 5. The round fails if any agent failed beside some evidence, or a backend is missing; without any request sent it is unknown, and so it is when
///    something that the task asked for was left out or could not be measured.
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
    /// <param name="shards">
    /// What arrived, read once and one at a time, so that they may be decoded lazily. A second shard of an agent, and one of an agent that
    /// is not in the plan, is ignored.
    /// </param>
    /// <param name="silence">Why an agent is silent, by agent id, where the controller knows it.</param>
    /// <param name="aftermath">What became of the agents meanwhile; null for nothing.</param>
    public static RoundVerdict Round(
        RoundPlan plan, Expectation expect, IEnumerable<AgentShard> shards, IReadOnlyDictionary<string, string>? silence = null, Aftermath? aftermath = null)
    {
        ArgumentNullException.ThrowIfNull(shards);
        var judge = new RoundJudge(plan, expect, aftermath);
        foreach (var shard in shards)
            judge.Add(shard);
        return judge.Conclude(silence);
    }

    /// <summary>Judges one agent's shard. Every target that was planned for it must be in it, whole: what is not there was not tested.</summary>
    /// <param name="shard">What the agent said.</param>
    /// <param name="agent">Its part of the plan.</param>
    /// <param name="plan">What was planned.</param>
    /// <param name="expect">What the user expects.</param>
    public static AgentVerdict Agent(AgentShard shard, AgentPlan agent, RoundPlan plan, Expectation expect) => Agent(shard, agent, plan, expect, new Circumstances(plan, null));

    internal static AgentVerdict Agent(AgentShard shard, AgentPlan agent, RoundPlan plan, Expectation expect, Circumstances circumstances)
    {
        ArgumentNullException.ThrowIfNull(shard);
        ArgumentNullException.ThrowIfNull(agent);
        ArgumentNullException.ThrowIfNull(plan);
        var overload = Overload.Of(shard);
        var targets = shard.Targets
            .Where(target => plan.Holds(target.Target))
            .Select(target => (Shard: target, Verdict: Target(target, expect, overload?.Explains(target) ?? false, circumstances)))
            .ToList();
        var gaps = Gaps(shard, agent, plan);
        var verdict = Worst(targets.Select(target => target.Verdict.Verdict));
        if (verdict == Verdict.Succeed && (shard.CutShort is not null || gaps.Count > 0))
            verdict = Verdict.Unknown;
        var reasons = new List<string>();
        if (shard.CutShort is { } cut)
            reasons.Add(circumstances.DepartureOf(shard.AgentId) is { } departed ? $"the round was cut short: {cut}, for {departed.Words}" : $"the round was cut short: {cut}");
        if (overload is not null)
            reasons.Add($"the agent itself was overloaded: {overload.Words}");
        reasons.AddRange(gaps);
        reasons.AddRange(targets.SelectMany(target => target.Verdict.Reasons.Select(reason => $"{plan.Targets[target.Shard.Target].Name}: {reason}")));
        return new AgentVerdict
        {
            AgentId = shard.AgentId,
            State = AgentState.Reported,
            Verdict = verdict,
            Reasons = verdict == Verdict.Succeed ? [] : Bounded(reasons),
            TooSlow = targets.Exists(target => target.Verdict.TooSlow),
            Overload = overload?.Words,
        };
    }

    /// <summary>Holds one target of one agent against the expectations. The success rate is successes over requests that ended; the mean is over successes.</summary>
    /// <param name="shard">What was seen.</param>
    /// <param name="expect">What is expected.</param>
    /// <param name="overloaded">Whether the agent was overloaded in a way that may explain what was seen here: then a delay or a timeout proves nothing about the network.</param>
    public static TargetVerdict Target(TargetShard shard, Expectation expect, bool overloaded)
    {
        ArgumentNullException.ThrowIfNull(shard);
        ArgumentNullException.ThrowIfNull(expect);
        return new TargetJudge(shard, expect, overloaded).Judge();
    }

    internal static TargetVerdict Target(TargetShard shard, Expectation expect, bool overloaded, Circumstances circumstances) =>
        new TargetJudge(shard, expect, overloaded) { Excuse = circumstances.ExcuseOf(shard), Missing = circumstances.MissingAt(shard) }.Judge();

    // Without what is asked of all backends together, which is blamed on its own.
    internal static bool Fails(TargetShard shard, Expectation expect, bool overloaded, Circumstances circumstances) =>
        new TargetJudge(shard, expect, overloaded) { Excuse = circumstances.ExcuseOf(shard) }.Judge().Verdict == Verdict.Fail;

    private static List<string> Gaps(AgentShard shard, AgentPlan agent, RoundPlan plan)
    {
        var gaps = new List<string>();
        var seen = shard.Targets.Select(target => target.Target).Where(plan.Holds).ToHashSet();
        var planned = plan.TargetsOf(agent).ToList();
        if (planned.Count == 0)
            gaps.Add(plan.Targets.Length == 0 ? "nothing could be tested in this round" : "no target was planned for this agent");
        var missing = planned.Where(target => !seen.Contains(target.Index)).ToList();
        if (missing.Count > 0)
            gaps.Add(FormattableString.Invariant($"its results lack {missing.Count} of {planned.Count} planned targets, {missing[0].Name} among them"));
        var lesser = shard.Targets.Count(target => target.Planned < plan.Load.RequestsPerTarget);
        if (lesser > 0)
            gaps.Add(FormattableString.Invariant($"{lesser} of its targets were given fewer than the planned {plan.Load.RequestsPerTarget} requests"));
        return gaps;
    }

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
