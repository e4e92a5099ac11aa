namespace Kdoctor.Controller.Storage;

/// <summary>How much the store keeps. What goes beyond is pruned, oldest first; a task's newest round is always kept. <see cref="Settings.RetentionSettings"/> says in which ranges.</summary>
public sealed record StoreBounds
{
    /// <summary>How long an ended round is kept; default 30 days.</summary>
    public TimeSpan Age { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How many rounds are kept of one task; default 1000. Fewer than 10 would cut the history in its status short.</summary>
    public int RoundsPerTask { get; init; } = 1000;

    /// <summary>How many bytes all rounds may take, plans and shards as they are stored; default 1 GiB.</summary>
    public long Bytes { get; init; } = 1L << 30;
}
