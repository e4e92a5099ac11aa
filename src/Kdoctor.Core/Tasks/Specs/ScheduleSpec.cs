using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Kdoctor.Core.Tasks.Specs;

/// <summary>When rounds start.</summary>
[Description("When rounds start, how many, and how long one may take.")]
public sealed record ScheduleSpec
{
    /// <summary>The round's timeout in minutes where nothing shortens it.</summary>
    public const int LongestDefaultTimeoutMinutes = 60;

    [Description("'M N': first after M minutes, then every N minutes, with units also '10s 30s'. '@every 10s': at once, then every 10 seconds. "
        + "Or a crontab of five fields, or six with seconds, in UTC.")]
    public string Schedule { get; init; } = "0 60";

    [Range(-1, int.MaxValue)]
    [Description("How many rounds to run. -1 is for ever, 0 is not allowed.")]
    public int RoundNumber { get; init; } = 1;

    [Range(1, int.MaxValue)]
    [ComputedDefault("the smaller of 60 and the schedule's interval in minutes, at least 1; 60 for a crontab")]
    [Description("The round ends after this many minutes at the latest, and not after the next one is due. "
        + "Not greater than the schedule's interval, rounded up to whole minutes.")]
    public int? RoundTimeoutMinute { get; init; }
}
