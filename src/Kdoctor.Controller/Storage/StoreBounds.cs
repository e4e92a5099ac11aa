namespace Kdoctor.Controller.Storage;

/// <summary>How much the store keeps. What goes beyond is pruned, oldest first; a task's newest round is always kept.</summary>
public sealed record StoreBounds
{
    /// <summary>How long an ended round is kept; at least 1 hour, default 30 days.</summary>
    public TimeSpan Age { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How many rounds are kept of one task; at least 10, default 1000.</summary>
    public int RoundsPerTask { get; init; } = 1000;

    /// <summary>How many bytes all rounds may take, plans and shards as they are stored; at least 1 MiB, default 1 GiB.</summary>
    public long Bytes { get; init; } = 1L << 30;

    /// <summary>Everything that is wrong with these bounds; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        if (Age < TimeSpan.FromHours(1))
            yield return $"the store's age bound is {Age}; it must be at least 1 hour";
        if (RoundsPerTask < 10)
            yield return $"the store keeps {RoundsPerTask} rounds per task; it must keep at least 10, the status's history";
        if (Bytes < 1 << 20)
            yield return $"the store's size bound is {Bytes} bytes; it must be at least 1 MiB";
    }
}
