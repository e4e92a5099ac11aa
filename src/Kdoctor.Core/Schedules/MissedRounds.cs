namespace Kdoctor.Core.Schedules;

/// <summary>Due times that passed while the controller was away or the previous round still ran.</summary>
/// <param name="Count">How many; of one stretch at most 10,000 are counted.</param>
/// <param name="First">The first of them.</param>
/// <param name="Last">The latest of them.</param>
public sealed record MissedRounds(long Count, DateTimeOffset First, DateTimeOffset Last)
{
    /// <summary>Both together; null when there were none.</summary>
    public static MissedRounds? Sum(MissedRounds? one, MissedRounds? other) =>
        one is null || other is null
            ? one ?? other
            : new MissedRounds(one.Count + other.Count, one.First < other.First ? one.First : other.First, one.Last > other.Last ? one.Last : other.Last);
}
