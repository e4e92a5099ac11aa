namespace Kdoctor.Core.Schedules;

/// <summary><c>M N</c> and <c>@every N</c>: due a delay after the task's creation, then at a fixed interval.</summary>
/// <param name="Delay">From creation to the first due time; 0 or more.</param>
/// <param name="Every">Greater than 0.</param>
public sealed record FixedSchedule(TimeSpan Delay, TimeSpan Every) : RoundSchedule
{
    /// <inheritdoc/>
    public override TimeSpan? Interval => Every;

    /// <inheritdoc/>
    public override TimeSpan? ShortestInterval => Every;

    /// <inheritdoc/>
    public override TimeSpan? RoomAt(DateTimeOffset due) => Every;

    /// <inheritdoc/>
    public override DateTimeOffset First(DateTimeOffset created) =>
        DateTimeOffset.MaxValue - created < Delay ? DateTimeOffset.MaxValue : created + Delay;

    /// <inheritdoc/>
    public override DateTimeOffset? After(DateTimeOffset created, DateTimeOffset instant)
    {
        var first = First(created);
        if (instant < first)
            return first;
        var next = (((instant - first).Ticks / Every.Ticks) + 1) * (Int128)Every.Ticks;
        return next > (DateTimeOffset.MaxValue - first).Ticks ? null : first + TimeSpan.FromTicks((long)next);
    }

    /// <inheritdoc/>
    public override int CountBetween(DateTimeOffset created, DateTimeOffset after, DateTimeOffset before)
    {
        if (After(created, after) is not { } next || next >= before)
            return 0;
        return (int)Math.Min(MaxCount, ((before - next).Ticks - 1) / Every.Ticks + 1);
    }
}
