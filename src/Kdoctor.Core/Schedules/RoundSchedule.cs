namespace Kdoctor.Core.Schedules;

/// <summary>When a task's rounds are due: arithmetic only.</summary>
public abstract record RoundSchedule
{
    /// <summary>How many due times <see cref="CountBetween"/> counts at most where it has to go through them one by one.</summary>
    public const int MaxCount = 10_000;

    /// <summary>The time between two rounds; null when it varies.</summary>
    public abstract TimeSpan? Interval { get; }

    /// <summary>The first due time of a task created at <paramref name="created"/>; <see cref="DateTimeOffset.MaxValue"/> for never.</summary>
    public abstract DateTimeOffset First(DateTimeOffset created);

    /// <summary>The first due time strictly after <paramref name="instant"/>, of a task created at <paramref name="created"/>; null for never.</summary>
    public abstract DateTimeOffset? After(DateTimeOffset created, DateTimeOffset instant);

    /// <summary>
    /// How long a round due at <paramref name="due"/> may take without standing in the way of the next one; null when none follows. One that is
    /// due beside the schedule, for it begins at once, has as long as the one that follows it.
    /// </summary>
    public abstract TimeSpan? RoomAt(DateTimeOffset due);

    /// <summary>The shortest time between two due times; null when there is only one. Of one that varies the first 500 are looked at.</summary>
    public abstract TimeSpan? ShortestInterval { get; }

    /// <summary>How many due times lie strictly between the two instants; at most <see cref="MaxCount"/>.</summary>
    public virtual int CountBetween(DateTimeOffset created, DateTimeOffset after, DateTimeOffset before)
    {
        var count = 0;
        for (var due = After(created, after); due < before && count < MaxCount; due = After(created, due.Value))
            count++;
        return count;
    }
}
