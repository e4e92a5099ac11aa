using System.Globalization;
using Kdoctor.Core.Reports;

namespace Kdoctor.Cli.Screen;

/// <summary>Requests and latencies by channel and family, over all agents.</summary>
internal static class ChannelTable
{
    // What a narrow screen goes without, the first one first: the report has it all.
    private static readonly string[] Spare = ["p90 ms", "targets", "p50 ms", "family"];

    private static readonly string[] Head = ["channel", "family", "targets", "requests", "failed", "p50 ms", "p90 ms", "p99 ms", "max ms"];

    public static void Print(Page page, IReadOnlyList<ChannelReport> channels)
    {
        if (channels.Count == 0)
            return;
        page.Blank();
        var rows = channels.Select(Row).Prepend(Head).ToList();
        var widths = Enumerable.Range(0, Head.Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var columns = Enumerable.Range(0, Head.Length).ToList();
        int Wide(int gap) => 2 + columns.Sum(column => widths[column]) + (gap * (columns.Count - 1));
        foreach (var spare in Spare.TakeWhile(_ => Wide(1) > page.Width))
            columns.Remove(Array.IndexOf(Head, spare));
        var gap = Wide(2) <= page.Width ? 2 : 1;
        foreach (var row in rows)
        {
            // Words to the left, numbers to the right.
            var cells = columns.Select(column => column < 2 ? row[column].PadRight(widths[column]) : row[column].PadLeft(widths[column]));
            var line = "  " + string.Join(new string(' ', gap), cells);
            page.Line(row == Head ? Span.Faint(line) : Span.Plain(line));
        }
    }

    private static string[] Row(ChannelReport channel) =>
    [
        SafeText.Of(channel.Channel),
        SafeText.Of(channel.Family ?? "-"),
        channel.Targets.ToString(CultureInfo.InvariantCulture),
        ScreenNumbers.Count(channel.Requests.Sent),
        Failed(channel.Requests),
        ScreenNumbers.Milliseconds(channel.Latencies?.P50InMs),
        ScreenNumbers.Milliseconds(channel.Latencies?.P90InMs),
        ScreenNumbers.Milliseconds(channel.Latencies?.P99InMs),
        ScreenNumbers.Milliseconds(channel.Latencies?.MaxInMs),
    ];

    private static string Failed(RequestCounts requests) => requests.Failed == 0
        ? "0"
        : $"{ScreenNumbers.Count(requests.Failed)} ({ScreenNumbers.Percent((double)requests.Failed / Math.Max(1, requests.Sent - requests.Cancelled))})";
}
