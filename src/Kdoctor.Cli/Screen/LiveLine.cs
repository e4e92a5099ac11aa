using System.Globalization;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Tasks.Specs;

namespace Kdoctor.Cli.Screen;

/// <summary>One task's progress as one line of text.</summary>
internal static class LiveLine
{
    private const int WidestName = 24;
    private const int ShortName = 12;
    private const int BarWidth = 20;

    // What a line without room gives up, each part whole: half a number would be read as another one. Failures and the time left stay.
    private enum Part
    {
        Bar = 1,
        Done,
        Succeeded,
        RoundsInAll,
        Agents,
        LongName,
        Sent,
        Round,
        Name,
        Collecting,
    }

    /// <summary>The line for a terminal: never wider than <paramref name="width"/>; the bar goes first where there is no room, failures and the time left last.</summary>
    public static string Of(KdoctorReport report, DateTimeOffset now, int width)
    {
        if (report.Report.LatestRound is not { EndTimeStamp: null } round)
            return Page.Clip(Plain(report, now), width);
        var line = Line(report, round, now, 0);
        foreach (var part in Enum.GetValues<Part>())
        {
            if (Page.Cells(line) <= width)
                return line;
            line = Line(report, round, now, part);
        }
        return Page.Clip(line, width);
    }

    // The line without the parts up to one of them.
    private static string Line(KdoctorReport report, RoundSummary round, DateTimeOffset now, Part without)
    {
        var progress = report.Report.Progress;
        string?[] head =
        [
            without < Part.Name ? Page.Clip(SafeText.Of(report.Task.Name), without < Part.LongName ? WidestName : ShortName) : null,
            without < Part.RoundsInAll ? RoundOf(report, round) : without < Part.Round ? RoundOf(round) : null,
            without < Part.Bar ? Bar(progress) : null,
        ];
        string?[] numbers =
        [
            without < Part.Sent && progress is not null ? $"{ScreenNumbers.Count(progress.Sent)}/{ScreenNumbers.Count(progress.Planned)} sent" : null,
            without < Part.Succeeded && progress is not null ? $"{ScreenNumbers.Count(progress.Succeeded)} ok" : null,
            progress is not null ? $"{ScreenNumbers.Count(progress.Failed)} failed" : without < Part.Sent ? "no numbers yet" : null,
            without < Part.Agents ? Agents(progress, round) : null,
            without < Part.Done && progress is not null ? string.Create(CultureInfo.InvariantCulture, $"{progress.AgentsDone} done") : null,
            Left(report, round, now, without < Part.Collecting),
        ];
        return string.Join(' ', head.OfType<string>().Append(string.Join(", ", numbers.OfType<string>())));
    }

    /// <summary>The line where nothing may be drawn over: what has just begun or ended.</summary>
    public static string Plain(KdoctorReport report, DateTimeOffset now)
    {
        var name = SafeText.Of(report.Task.Name);
        return report.Report.LatestRound switch
        {
            null => Waiting(report, 1, now),
            { EndTimeStamp: null } round => string.Create(CultureInfo.InvariantCulture,
                $"{name}: {RoundOf(report, round)} started with {ScreenNumbers.Counted(round.ExpectedAgents, "agent")}, ends by {round.DeadLineTimeStamp.UtcDateTime:HH:mm:ss}Z"),
            { } round when report.Status is not { NextRoundTimeStamp: null, Waiting: null } && !IsLast(report, round) => $"{Ended(report, round)}; {Waiting(report, round.RoundNumber + 1, now)}",
            { } round => Ended(report, round),
        };
    }

    private static string Ended(KdoctorReport report, RoundSummary round) =>
        $"{SafeText.Of(report.Task.Name)}: {RoundOf(report, round)} ended: {SafeText.Of(round.Status)}";

    private static bool IsLast(KdoctorReport report, RoundSummary round) =>
        report.Status.TotalRoundNumber > 0 && round.RoundNumber >= report.Status.TotalRoundNumber;

    private static string Waiting(KdoctorReport report, int round, DateTimeOffset now)
    {
        var name = SafeText.Of(report.Task.Name);
        if (report.Status.Waiting is { Reason: { } reason } waits)
            return $"waiting: {name}: {(waits.For == WaitingStatus.Budgets ? string.Create(CultureInfo.InvariantCulture, $"round {round} waits for the request budgets: ") : "")}{SafeText.Of(reason)}";
        return report.Status.NextRoundTimeStamp switch
        {
            null => string.Create(CultureInfo.InvariantCulture, $"waiting: round {round} of {name} has no start time yet"),
            { } next when next <= now => string.Create(CultureInfo.InvariantCulture, $"waiting: round {round} of {name} is about to start"),
            { } next => string.Create(CultureInfo.InvariantCulture,
                $"waiting: round {round} of {name} starts in {ScreenNumbers.Duration(TimeSpan.FromSeconds(Math.Ceiling((next - now).TotalSeconds)))}{Hint(report, round)}"),
        };
    }

    // What would shorten the wait, or the run.
    private static string Hint(KdoctorReport report, int round) =>
        round == 1 ? " (--now starts it at once)" : report.Status.TotalRoundNumber > 0 ? "" : " (Ctrl-C ends the run, --rounds N after N rounds)";

    private static string RoundOf(KdoctorReport report, RoundSummary round) => report.Status.TotalRoundNumber > 0
        ? string.Create(CultureInfo.InvariantCulture, $"{RoundOf(round)} of {report.Status.TotalRoundNumber}")
        : RoundOf(round);

    private static string RoundOf(RoundSummary round) => string.Create(CultureInfo.InvariantCulture, $"round {round.RoundNumber}");

    private static string Bar(RoundProgress? progress)
    {
        var share = progress is { Planned: > 0 } ? Math.Clamp((double)progress.Sent / progress.Planned, 0, 1) : 0;
        var full = (int)(share * BarWidth);
        return $"[{new string('#', full)}{new string('-', BarWidth - full)}]";
    }

    private static string Agents(RoundProgress? progress, RoundSummary round) => progress is null
        ? ScreenNumbers.Counted(round.ExpectedAgents, "agent")
        : string.Create(CultureInfo.InvariantCulture, $"{progress.AgentsConnected}/{round.ExpectedAgents} agents");

    // Requests are started for the task's duration; what is later is waiting for answers and results, until the deadline.
    private static string Left(KdoctorReport report, RoundSummary round, DateTimeOffset now, bool wordy)
    {
        var request = ReportExpectation.SpecOf(report.Task)?["request"]?["durationInSecond"];
        var sending = round.StartTimeStamp + TimeSpan.FromSeconds(ReportExpectation.NumberOf(request) ?? 0) - now;
        return sending > TimeSpan.Zero
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(sending.TotalSeconds):0}s left")
            : string.Create(CultureInfo.InvariantCulture, $"{(wordy ? "collecting, " : "")}{Math.Max(0, Math.Ceiling((round.DeadLineTimeStamp - now).TotalSeconds)):0}s to the deadline");
    }
}
