using System.Globalization;
using System.Text.RegularExpressions;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Core.Schedules;

/// <summary>Reads a schedule as manifests write it.</summary>
public static partial class ScheduleText
{
    /// <summary>The shortest interval between rounds.</summary>
    public static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);

    /// <summary>The longest delay or interval: a hundred years.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(36_500);

    private const string Every = "@every ";
    private const int MaxLength = 256;

    /// <summary>
    /// Reads <c>M N</c> (minutes, or with units as in <c>10s 30s</c>), <c>@every 1m30s</c>, or a crontab of five or six fields.
    /// Null with the reason when the text is none of them, or never due.
    /// </summary>
    public static RoundSchedule? Parse(string text, out string reason)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxLength)
        {
            reason = $"is longer than {MaxLength} characters";
            return null;
        }

        var trimmed = text.Trim();
        var fields = trimmed.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (trimmed.StartsWith(Every, StringComparison.Ordinal))
            return Fixed("0", trimmed[Every.Length..].Trim(), out reason, unit: null);
        switch (fields.Length)
        {
            case 2:
                return Fixed(fields[0], fields[1], out reason, TimeSpan.FromMinutes(1));
            case 5 or 6:
                return Cron(string.Join(' ', fields), fields.Length, out reason);
            default:
                reason = "is neither two fields \"M N\", nor \"@every 10s\", nor a crontab of five or six fields";
                return null;
        }
    }

    /// <summary>Reads durations such as <c>1h30m</c> or <c>1.5m</c>, and bare numbers in <paramref name="unit"/>, where that is not null.</summary>
    public static TimeSpan? Duration(string text, TimeSpan? unit)
    {
        ArgumentNullException.ThrowIfNull(text);
        var total = 0m;
        if (unit is { } whole && DigitsPattern().IsMatch(text))
        {
            total = decimal.Parse(text, CultureInfo.InvariantCulture) * whole.Ticks;
        }
        else
        {
            var match = DurationPattern().Match(text);
            if (!match.Success)
                return null;
            for (var part = 0; part < match.Groups["unit"].Captures.Count; part++)
            {
                var number = decimal.Parse(match.Groups["number"].Captures[part].ValueSpan, CultureInfo.InvariantCulture);
                total += number * TicksOf(match.Groups["unit"].Captures[part].Value);
            }
        }

        return total > long.MaxValue ? TimeSpan.MaxValue : TimeSpan.FromTicks((long)total);
    }

    private static long TicksOf(string unit) => unit switch
    {
        "ms" => TimeSpan.TicksPerMillisecond,
        "s" => TimeSpan.TicksPerSecond,
        "m" => TimeSpan.TicksPerMinute,
        _ => TimeSpan.TicksPerHour,
    };

    private static FixedSchedule? Fixed(string delayText, string intervalText, out string reason, TimeSpan? unit)
    {
        reason = "";
        var delay = Duration(delayText, unit ?? TimeSpan.FromMinutes(1));
        var interval = Duration(intervalText, unit);
        if (delay is null)
            reason = $"has {Words(delayText)} where a delay in minutes, or one such as 10s, is needed";
        else if (interval is null)
            reason = $"has {Words(intervalText)} where an interval {(unit is null ? "" : "in minutes, or one ")}such as 1m30s is needed";
        else if (interval < ShortestInterval)
            reason = $"has the interval {Words(intervalText)}, but the shortest is 1s";
        else if (delay > Longest || interval > Longest)
            reason = "reaches further than a hundred years";
        return reason.Length > 0 ? null : new FixedSchedule(delay!.Value, interval!.Value);
    }

    private static CronSchedule? Cron(string text, int fields, out string reason)
    {
        var schedule = CronSchedule.Parse(text, fields, out reason);
        if (schedule is null)
            reason = "is no crontab: " + reason;
        else if (schedule.After(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch) is null)
            reason = "is never due";
        return reason.Length > 0 ? null : schedule;
    }

    private static string Words(string text) => ProblemWords.Quote(text);

    [GeneratedRegex("^[0-9]{1,15}$", RegexOptions.CultureInvariant)]
    private static partial Regex DigitsPattern();

    [GeneratedRegex(@"^((?<number>[0-9]{1,12}(\.[0-9]{1,9})?)(?<unit>ms|s|m|h)){1,8}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex DurationPattern();
}
