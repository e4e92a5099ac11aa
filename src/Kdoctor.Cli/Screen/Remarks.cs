using System.Globalization;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Schedules;

namespace Kdoctor.Cli.Screen;

/// <summary>What was left out and why, facts about the place, and missed rounds.</summary>
internal static class Remarks
{
    private const int Most = 10;

    public static void Print(Page page, ReportBody report)
    {
        List(page, "left out", [.. report.LeftOut.Select(left => $"{SafeText.Of(left.Channel)}{(left.Family is { } family ? $" {SafeText.Of(family)}" : "")}: {SafeText.Of(left.Reason)}")]);
        List(page, "notes", [.. report.Notes.Select(SafeText.Of)]);
        if (report.MissedRounds is { } missed)
            List(page, "missed rounds", [Missed(missed)]);
    }

    private static void List(Page page, string heading, IReadOnlyCollection<string> lines)
    {
        if (lines.Count == 0)
            return;
        page.Heading(heading);
        foreach (var line in lines.Take(Most))
            page.Wrapped(2, 4, Span.Plain(line));
        if (lines.Count > Most)
            page.Wrapped(2, 2, Span.Plain($"and {lines.Count - Most} more"));
    }

    private static string Missed(MissedRounds missed) => missed.Count == 1
        ? $"1, due {Instant(missed.First)}"
        : $"{ScreenNumbers.Count(missed.Count)}, due from {Instant(missed.First)} to {Instant(missed.Last)}";

    private static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
