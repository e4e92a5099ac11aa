using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Kdoctor.Controller.Storage;

namespace Kdoctor.Controller.Settings;

/// <summary>How much of the past is kept.</summary>
[Description("How much of the past is kept. What goes beyond is removed, oldest first; a task's newest round always stays.")]
public sealed record RetentionSettings
{
    [Range(1, 3650)]
    [Description("For how many days an ended round is kept.")]
    public int Days { get; init; } = 30;

    [Range(10, 1_000_000)]
    [Description("How many rounds are kept of one task.")]
    public int RoundsPerTask { get; init; } = 1000;

    [Range(1, 1_000_000)]
    [Description("How many MiB all rounds may take, plans and results as they are stored.")]
    public int MaxMiB { get; init; } = 1024;

    /// <summary>The same, as a store is told.</summary>
    internal StoreBounds Bounds => new() { Age = TimeSpan.FromDays(Days), RoundsPerTask = RoundsPerTask, Bytes = (long)MaxMiB << 20 };
}
