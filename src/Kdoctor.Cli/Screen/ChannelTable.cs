using System.Globalization;
using Kdoctor.Core.Reports;

namespace Kdoctor.Cli.Screen;

/// <summary>Requests and latencies by channel and family, over all agents.</summary>
internal static class ChannelTable
{
    private static readonly string[] Head = ["channel", "family", "targets", "requests", "failed", "p50 ms", "p90 ms", "p99 ms", "max ms"];

    public static void Print(Page page, IReadOnlyList<ChannelReport> channels)
    {
        if (channels.Count == 0)
            return;
        page.Blank();
        var rows = channels.Select(Row).Prepend(Head).ToList();
        var widths = Enumerable.Range(0, Head.Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        // Words to the left, numbers to the right.
        var gap = 2 + widths.Sum() + (2 * (Head.Length - 1)) <= page.Width ? 2 : 1;
        foreach (var row in rows)
        {
            var cells = row.Select((cell, column) => column < 2 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
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
