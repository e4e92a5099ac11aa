using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;

namespace Kdoctor.Core.Verdicts;

/// <summary>Failures of a target that prove nothing, for an agent was taken away before they came, or another put in its place.</summary>
/// <param name="AgentId">The agent that went; null for none.</param>
/// <param name="Failures">How many.</param>
/// <param name="Words">Why.</param>
internal sealed record Excuse(string? AgentId, long Failures, string Words)
{
    /// <summary>At an agent's own addresses: whatever failed after it went.</summary>
    /// <param name="shard">What was seen there.</param>
    /// <param name="agent">The agent.</param>
    /// <param name="departure">How it went.</param>
    public static Excuse? AtItself(TargetShard shard, AgentInfo agent, Departure departure) =>
        departure.At is { } at && After(shard, at) is > 0 and var after ? new Excuse(agent.Id, after, Told(agent, departure)) : null;

    /// <summary>At an address of the agents' service: no more than was asked within the seconds after agents went.</summary>
    /// <param name="shard">What was seen there.</param>
    /// <param name="rollout">The agents that went.</param>
    /// <param name="load">What was asked.</param>
    public static Excuse? AtService(TargetShard shard, Rollout rollout, LoadPlan load)
    {
        if (After(shard, rollout.Since) is not (> 0 and var after))
            return null;
        var others = rollout.Others switch { 0 => "", 1 => "; and one more agent went", var more => FormattableString.Invariant($"; and {more} more agents went") };
        return new Excuse(
            rollout.First.Id,
            Math.Min(after, (long)Math.Ceiling(load.RequestsPerSecond * rollout.LedTo.TotalSeconds)),
            Told(rollout.First, new Departure(rollout.First.Id, rollout.Since)) + others);
    }

    /// <summary>Answers of agents that are behind the service and that the round did not know yet.</summary>
    public static Excuse? Of(TargetShard shard, IReadOnlySet<string> newcomers)
    {
        var answers = newcomers.Count == 0 ? 0 : shard.Backends.Where(backend => newcomers.Contains(backend.Key)).Sum(backend => backend.Value);
        return answers == 0 ? null : new Excuse(null, Math.Min(answers, shard.Failed), "are answers of agents that came while the round ran");
    }

    /// <summary>Both together.</summary>
    public static Excuse? Plus(Excuse? one, Excuse? other) => one is null || other is null
        ? one ?? other
        : new Excuse(one.AgentId ?? other.AgentId, one.Failures + other.Failures, $"{one.Words}, or {other.Words}");

    private static string Told(AgentInfo agent, Departure departure) => $"came after agent {agent.Name} on {agent.NodeName} went: {departure.Words}";

    // The first failures are kept with their times, so one that is not among them came later. Where all that are kept came before, nobody knows of the rest.
    private static long After(TargetShard shard, DateTimeOffset at)
    {
        var before = shard.Samples.Count(sample => sample.Intended + sample.Elapsed < at);
        return before < shard.Samples.Count ? shard.Failed - before : 0;
    }
}
