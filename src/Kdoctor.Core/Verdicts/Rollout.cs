using Kdoctor.Core.Planning;

namespace Kdoctor.Core.Verdicts;

/// <summary>Agents that went while a round ran, one after the other or all at once, as their service sees it.</summary>
/// <param name="First">The one that went first.</param>
/// <param name="Since">When it went.</param>
/// <param name="Others">How many went besides.</param>
/// <param name="LedTo">For how long, since then and all in all, the service may have led to one that was gone.</param>
internal sealed record Rollout(AgentInfo First, DateTimeOffset Since, int Others, TimeSpan LedTo)
{
    // Until every node knows that a pod is going, its service still leads to it.
    private static readonly TimeSpan StillLedTo = TimeSpan.FromSeconds(5);

    /// <summary>The departures of a round together; null for none whose time is known.</summary>
    public static Rollout? Of(IEnumerable<(AgentInfo Agent, Departure Departure)> departed)
    {
        var seen = departed
            .Where(gone => gone.Departure.At is not null).Select(gone => (gone.Agent, At: gone.Departure.At!.Value))
            .OrderBy(gone => gone.At).ToList();
        if (seen.Count == 0)
            return null;
        var apart = seen.Zip(seen.Skip(1), (one, next) => next.At - one.At);
        var ledTo = apart.Aggregate(StillLedTo, (sum, gap) => sum + (gap < StillLedTo ? gap : StillLedTo));
        return new Rollout(seen[0].Agent, seen[0].At, seen.Count - 1, ledTo);
    }
}
