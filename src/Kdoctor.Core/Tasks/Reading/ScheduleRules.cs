using System.Text.Json.Nodes;
using Kdoctor.Core.Schedules;
using Kdoctor.Core.Tasks.Specs;

namespace Kdoctor.Core.Tasks.Reading;

/// <summary>What must hold between a schedule's fields, and the default of the round's timeout.</summary>
internal static class ScheduleRules
{
    private static readonly FieldPath Section = FieldPath.Spec.Field("schedule");
    private static readonly FieldPath Text = Section.Field("schedule");

    public static FieldPath Timeout { get; } = Section.Field("roundTimeoutMinute");

    /// <summary>Reads the schedule and fills in the round's timeout where it was omitted; null when the schedule cannot be read.</summary>
    public static RoundSchedule? Read(JsonObject spec, ProblemList problems)
    {
        var section = spec["schedule"]!.AsObject();
        var text = section["schedule"]!.GetValue<string>();
        var schedule = ScheduleText.Parse(text, out var reason);
        if (schedule is null)
            problems.Add(Text, $"is {ProblemWords.Quote(text)}, which {reason}", "write for example \"0 60\", \"@every 10s\" or \"*/5 * * * *\"");
        section["roundTimeoutMinute"] ??= Math.Clamp(WholeMinutes(schedule, Math.Floor), 1, ScheduleSpec.LongestDefaultTimeoutMinutes);
        return schedule;
    }

    /// <summary>How long a round may take: the timeout, but never longer than the interval.</summary>
    public static TimeSpan RoundTimeout(RoundSchedule? schedule, ScheduleSpec spec) =>
        Shorter(TimeSpan.FromMinutes(spec.RoundTimeoutMinute!.Value), schedule?.Interval);

    /// <summary>How long every round may take: <see cref="RoundTimeout"/>, but never longer than the shortest interval of a crontab.</summary>
    public static TimeSpan ShortestRound(RoundSchedule? schedule, ScheduleSpec spec) => Shorter(RoundTimeout(schedule, spec), schedule?.ShortestInterval);

    public static void Check(RoundSchedule? schedule, ScheduleSpec spec, ProblemList problems)
    {
        if (spec.RoundNumber == 0)
            problems.Add(Section.Field("roundNumber"), "is 0, which would run nothing", "write how many rounds to run, or -1 for ever");
        var longest = WholeMinutes(schedule, Math.Ceiling);
        if (spec.RoundTimeoutMinute > longest && problems.Clean(Timeout))
        {
            problems.Add(
                Timeout,
                $"is {spec.RoundTimeoutMinute}, but the schedule {ProblemWords.Quote(spec.Schedule)} starts a round every "
                    + DurationWords.Of(schedule!.Interval!.Value),
                $"write at most {longest}, or make the schedule's interval longer");
        }
    }

    private static TimeSpan Shorter(TimeSpan timeout, TimeSpan? interval) => interval < timeout ? interval.Value : timeout;

    private static int WholeMinutes(RoundSchedule? schedule, Func<double, double> round) =>
        schedule?.Interval is { } interval ? (int)Math.Min(int.MaxValue, round(interval.TotalMinutes)) : int.MaxValue;
}
