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

    /// <summary>How many due times lie strictly between the two instants; at most <see cref="MaxCount"/>.</summary>
    public virtual int CountBetween(DateTimeOffset created, DateTimeOffset after, DateTimeOffset before)
    {
        var count = 0;
        for (var due = After(created, after); due < before && count < MaxCount; due = After(created, due.Value))
            count++;
        return count;
    }
}
