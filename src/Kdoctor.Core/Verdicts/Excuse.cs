using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;

namespace Kdoctor.Core.Verdicts;

/// <summary>Failures of a target that prove nothing, for an agent was taken away before they came, or another put in its place.</summary>
/// <param name="AgentId">The agent that went; null for none.</param>
/// <param name="Failures">How many.</param>
/// <param name="Words">Why.</param>
internal sealed record Excuse(string? AgentId, long Failures, string Words)
{
    // Until every node knows that a pod is going, its service still leads to it.
    private static readonly TimeSpan StillLedTo = TimeSpan.FromSeconds(5);

    /// <summary>
    /// At the agent's own addresses whatever failed after it went; at an address of its service no more than was asked within the seconds after that.
    /// </summary>
    /// <param name="target">The target.</param>
    /// <param name="shard">What was seen there.</param>
    /// <param name="departed">An agent that went.</param>
    /// <param name="agent">The same agent as it was planned.</param>
    /// <param name="load">What was asked.</param>
    public static Excuse? Of(Target target, TargetShard shard, Departure departed, AgentInfo agent, LoadPlan load)
    {
        if (departed.At is not { } at || After(shard, at) is not (> 0 and var after))
            return null;
        if (target.DestinationAgentId is null)
            after = Math.Min(after, (long)Math.Ceiling(load.RequestsPerSecond * StillLedTo.TotalSeconds));
        return new Excuse(agent.Id, after, $"came after agent {agent.Name} on {agent.NodeName} went: {departed.Words}");
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

    // The first failures are kept with their times, so one that is not among them came later. Where all that are kept came before, nobody knows of the rest.
    private static long After(TargetShard shard, DateTimeOffset at)
    {
        var before = shard.Samples.Count(sample => sample.Intended + sample.Elapsed < at);
        return before < shard.Samples.Count ? shard.Failed - before : 0;
    }
}
