using Kdoctor.Core.Reports;
using Spectre.Console;

namespace Kdoctor.Cli.Screen;

/// <summary>
/// A report for people, from the document alone.
/// 1. The verdict in one line.
/// 2. What the failures point at.
/// 3. Heat maps, and what their symbols mean.
/// 4. The worst cells with their numbers, and what to do about them.
/// 5. Channels in numbers.
/// 6. Agents that were in trouble themselves.
/// 7. What was left out, notes, and missed rounds.
/// A part with nothing to say is not printed.
/// </summary>
internal sealed class ReportScreen(IAnsiConsole console)
{
    /// <summary>Prints one report.</summary>
    public void Print(KdoctorReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var page = new Page(console);

        // 1. The verdict.
        VerdictLine.Print(page, report);

        // 2. Findings.
        FindingList.Print(page, report.Report.Findings, report.Report.LatestRound?.Status == "succeed");

        // 3. Heat maps.
        var maps = new HeatMapView(page);
        foreach (var map in new HeatMapBuilder(report).Build())
            maps.Print(map);
        maps.PrintLegend(ReportExpectation.Of(report.Task));

        // 4. to 7. Numbers and remarks.
        WorstCells.Print(page, report);
        RemedyList.Print(page, report);
        ChannelTable.Print(page, report.Report.Channels);
        AgentTroubles.Print(page, report.Report.LatestRoundReport);
        Remarks.Print(page, report.Report);
    }

    /// <summary>Prints several reports, one below the other.</summary>
    public void Print(IEnumerable<KdoctorReport> reports)
    {
        var first = true;
        foreach (var report in reports)
        {
            if (!first)
                console.WriteLine();
            Print(report);
            first = false;
        }
    }
}
