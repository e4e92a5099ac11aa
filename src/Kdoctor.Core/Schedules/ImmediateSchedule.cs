namespace Kdoctor.Core.Schedules;

/// <summary>The first round is due when the task is created, further ones as another schedule says.</summary>
/// <param name="Then">The other schedule.</param>
public sealed record ImmediateSchedule(RoundSchedule Then) : RoundSchedule
{
    /// <inheritdoc/>
    public override TimeSpan? Interval => Then.Interval;

    /// <inheritdoc/>
    public override TimeSpan? ShortestInterval => Then.ShortestInterval;

    /// <inheritdoc/>
    public override TimeSpan? RoomAt(DateTimeOffset due) => Then.RoomAt(due);

    /// <inheritdoc/>
    public override DateTimeOffset First(DateTimeOffset created) => created;

    /// <inheritdoc/>
    public override DateTimeOffset? After(DateTimeOffset created, DateTimeOffset instant) =>
        instant < created ? created : Then.After(created, instant);

    /// <inheritdoc/>
    public override int CountBetween(DateTimeOffset created, DateTimeOffset after, DateTimeOffset before)
    {
        var own = after < created && created < before ? 1 : 0;
        return Math.Min(MaxCount, own + Then.CountBetween(created, after < created ? created : after, before));
    }
}
