using System.Globalization;
using Kdoctor.Core.Reports;
using Spectre.Console;

namespace Kdoctor.Cli.Screen;

/// <summary>The answer in one line: word, symbol and colour, the task and round, why, and how long it took.</summary>
internal static class VerdictLine
{
    private const int MostEarlierRounds = 10;

    public static void Print(Page page, KdoctorReport report)
    {
        var round = report.Report.LatestRound;
        var (word, symbol, style) = Look(round?.Status, page.Unicode);
        var name = $"{SafeText.Of(report.Task.Kind)} {SafeText.Of(report.Task.Name)}";
        var line = round is null
            ? $"{name}: no round has started"
            : $"{name} round {round.RoundNumber}{OfTotal(report.Status)}: {SafeText.Of(round.Summary ?? Running(report))}{Took(round)}";
        page.Wrapped(0, 2, new Span($"{symbol} {word}", style), Span.Plain("  " + line));
        if (round is { EndTimeStamp: not null, Generation: { } ran } && report.Status.TaskGeneration is { } present && present != ran)
            page.Wrapped(2, 4, Span.Plain(string.Create(CultureInfo.InvariantCulture, $"it says nothing of the task as it is now: the spec was changed since, from generation {ran} to {present}")));
        PrintEarlier(page, report.Report.History);
        if (report.Report.LatestRoundReport is [var measured, ..] && measured.RoundNumber != round?.RoundNumber)
            page.Wrapped(2, 4, Span.Plain(string.Create(CultureInfo.InvariantCulture, $"what follows was measured in round {measured.RoundNumber}, the latest that has ended")));
    }

    private static (string Word, string Symbol, Style Style) Look(string? status, bool unicode) => status switch
    {
        "succeed" => ("PASS", unicode ? "✔" : "+", new Style(Color.Green, decoration: Decoration.Bold)),
        "fail" => ("FAIL", unicode ? "✖" : "x", new Style(Color.Red, decoration: Decoration.Bold)),
        "ongoing" => ("ONGOING", unicode ? "…" : ":", new Style(Color.Blue, decoration: Decoration.Bold)),
        _ => ("UNKNOWN", "?", new Style(Color.Yellow, decoration: Decoration.Bold)),
    };

    private static string OfTotal(ReportStatus status) =>
        status.TotalRoundNumber > 1 ? string.Create(CultureInfo.InvariantCulture, $" of {status.TotalRoundNumber}") : "";

    private static string Running(KdoctorReport report) => report.Report.Progress is { } progress
        ? $"{ScreenNumbers.Count(progress.Sent)} of {ScreenNumbers.Count(progress.Planned)} requests sent, {ScreenNumbers.Count(progress.Failed)} failed so far"
        : "running";

    private static string Took(RoundSummary round) =>
        round.EndTimeStamp is { } end ? $" ({ScreenNumbers.Duration(end - round.StartTimeStamp)})" : "";

    private static void PrintEarlier(Page page, IReadOnlyList<RoundSummary> history)
    {
        if (history.Count <= 1)
            return;
        var earlier = history.Skip(1).Take(MostEarlierRounds).Select(round => $"round {round.RoundNumber} {SafeText.Of(round.Status)}");
        var more = history.Count - 1 - MostEarlierRounds;
        page.Wrapped(2, 4, Span.Plain($"before: {string.Join(", ", earlier)}{(more > 0 ? $", and {more} more" : "")}"));
    }
}
