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

    /// <summary>At an agent's own addresses: whatever failed after it went.</summary>
    /// <param name="shard">What was seen there.</param>
    /// <param name="departed">The agent and how it went.</param>
    public static Excuse? AtItself(TargetShard shard, (AgentInfo Agent, Departure Departure) departed) =>
        departed.Departure.At is { } at && After(shard, at) is > 0 and var after ? new Excuse(departed.Agent.Id, after, Told(departed, 0)) : null;

    /// <summary>At an address of the agents' service: no more than was asked within the seconds after agents went.</summary>
    /// <param name="shard">What was seen there.</param>
    /// <param name="departed">The agents and how they went.</param>
    /// <param name="load">What was asked.</param>
    public static Excuse? AtService(TargetShard shard, IEnumerable<(AgentInfo Agent, Departure Departure)> departed, LoadPlan load)
    {
        var seen = departed.Where(gone => gone.Departure.At is not null).OrderBy(gone => gone.Departure.At).ToList();
        if (seen.Count == 0 || After(shard, seen[0].Departure.At!.Value) is not (> 0 and var after))
            return null;
        var ledTo = StillLedTo;
        for (var next = 1; next < seen.Count; next++)
        {
            var apart = seen[next].Departure.At!.Value - seen[next - 1].Departure.At!.Value;
            ledTo += apart < StillLedTo ? apart : StillLedTo;
        }
        return new Excuse(seen[0].Agent.Id, Math.Min(after, (long)Math.Ceiling(load.RequestsPerSecond * ledTo.TotalSeconds)), Told(seen[0], seen.Count - 1));
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

    private static string Told((AgentInfo Agent, Departure Departure) first, int others)
    {
        var more = others switch { 0 => "", 1 => "; and one more agent went", _ => FormattableString.Invariant($"; and {others} more agents went") };
        return $"came after agent {first.Agent.Name} on {first.Agent.NodeName} went: {first.Departure.Words}{more}";
    }

    // The first failures are kept with their times, so one that is not among them came later. Where all that are kept came before, nobody knows of the rest.
    private static long After(TargetShard shard, DateTimeOffset at)
    {
        var before = shard.Samples.Count(sample => sample.Intended + sample.Elapsed < at);
        return before < shard.Samples.Count ? shard.Failed - before : 0;
    }
}
