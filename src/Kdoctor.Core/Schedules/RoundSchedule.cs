namespace Kdoctor.Core.Schedules;

/// <summary>When a task's rounds are due: arithmetic only.</summary>
public abstract record RoundSchedule
{
    /// <summary>The first due time of a task created at <paramref name="created"/>.</summary>
    public abstract DateTimeOffset First(DateTimeOffset created);

    /// <summary>The first due time strictly after <paramref name="instant"/>, of a task created at <paramref name="created"/>; null when there is none.</summary>
    public abstract DateTimeOffset? After(DateTimeOffset created, DateTimeOffset instant);
}
