using System.Globalization;
using Kdoctor.Core.Reports;
using Spectre.Console;

namespace Kdoctor.Cli.Screen;

/// <summary>
/// Progress while rounds run, from the same documents that anybody can read.
/// On a terminal: one line per task, drawn over the last ones. Elsewhere: one line when a round starts and one when it ends.
/// </summary>
/// <param name="console">On standard error.</param>
/// <param name="isTerminal">Whether lines may be drawn over.</param>
/// <param name="time">For the seconds that are left.</param>
internal sealed class LiveScreen(IAnsiConsole console, bool isTerminal, TimeProvider time)
{
    private readonly Dictionary<string, (int Round, bool Ended, string? Waits)> announced = new(StringComparer.Ordinal);
    private List<string> drawn = [];

    private bool Overwrites => isTerminal && console.Profile.Capabilities.Ansi;

    /// <summary>Shows how far the tasks are; may be called as often as documents come.</summary>
    public void Show(IReadOnlyCollection<KdoctorReport> reports)
    {
        ArgumentNullException.ThrowIfNull(reports);
        if (!Overwrites)
        {
            foreach (var report in reports)
                Announce(report);
            return;
        }
        var now = time.GetUtcNow();
        var lines = reports.Select(report => LiveLine.Of(report, now, Math.Max(20, console.Profile.Width - 1))).ToList();
        if (lines.SequenceEqual(drawn))
            return;
        Clear();
        foreach (var line in lines)
            console.WriteLine(line);
        drawn = lines;
    }

    /// <summary>Tells, where it can be drawn over, what goes on before there is anything to show.</summary>
    public void Say(string what)
    {
        if (!Overwrites)
            return;
        Clear();
        var line = Page.Clip(what, Math.Max(20, console.Profile.Width - 1));
        console.WriteLine(line);
        drawn = [line];
    }

    /// <summary>Tells, also where nothing can be drawn over, why there is nothing to show.</summary>
    public void Tell(string what)
    {
        if (Overwrites)
            Say(what);
        else
            console.Profile.Out.Writer.WriteLine(what);
    }

    /// <summary>Takes the drawn lines away, so that what is printed next starts on a clean screen.</summary>
    public void Clear()
    {
        // ECMA-48: cursor up n lines (CUU), erase to the end of the screen (ED).
        if (drawn.Count > 0)
            console.Write(new ControlCode(string.Create(CultureInfo.InvariantCulture, $"\u001b[{drawn.Count}A\r\u001b[0J")));
        drawn = [];
    }

    private void Announce(KdoctorReport report)
    {
        var round = report.Report.LatestRound;
        if (round is null && report.Status is { NextRoundTimeStamp: null, Waiting: null })
            return;
        var key = $"{report.Task.Kind}/{report.Task.Name}";
        var state = (Round: round?.RoundNumber ?? 0, Ended: round?.EndTimeStamp is not null, Waits: report.Status.Waiting?.For);
        // That a wait is over is told by the round that starts.
        if (announced.TryGetValue(key, out var last) && last == state with { Waits = state.Waits ?? last.Waits })
            return;
        announced[key] = state;
        // Past the console, so that a log has it on one line however long it is.
        console.Profile.Out.Writer.WriteLine(LiveLine.Plain(report, time.GetUtcNow()));
    }
}
