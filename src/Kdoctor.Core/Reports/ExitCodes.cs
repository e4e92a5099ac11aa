namespace Kdoctor.Core.Reports;

/// <summary>What the exit code of a command says. Scripts rely on these numbers; they never change their meaning.</summary>
public static class ExitCodes
{
    /// <summary>Every round succeeded.</summary>
    public const int Succeeded = 0;

    /// <summary>A round failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the manifest is wrong.</summary>
    public const int Usage = 2;

    /// <summary>No verdict: unknown, not finished, or nothing could run.</summary>
    public const int NoVerdict = 3;

    /// <summary>
    /// The code of what was asked for: one failed round decides; without one, every task must have ended all its rounds (one that runs
    /// for ever at least one) with success. Rounds that an edit superseded, or that ran before one let the task count anew, do not count.
    /// </summary>
    public static int Of(IReadOnlyCollection<KdoctorReport> reports)
    {
        ArgumentNullException.ThrowIfNull(reports);
        if (reports.Any(report => Counted(report).Any(round => round.Status == "fail")))
            return Failed;
        return reports.Count > 0 && reports.All(Proven) ? Succeeded : NoVerdict;
    }

    /// <summary>The code of the one round that a report shows as its latest.</summary>
    public static int OfRound(KdoctorReport report) => report?.Report.LatestRound?.Status switch
    {
        "succeed" => Succeeded,
        "fail" => Failed,
        _ => NoVerdict,
    };

    private static bool Proven(KdoctorReport report) =>
        Counted(report).ToList() is { Count: > 0 } counted
        && counted.All(round => round.Status == "succeed")
        && report.Status.RoundFinishedNumber >= Math.Max(1, report.Status.TotalRoundNumber);

    // The newest of those that have ended, as many as the task counts.
    private static IEnumerable<RoundSummary> Counted(KdoctorReport report)
    {
        var rounds = report.Report.History.Where(round => !round.Superseded).ToLookup(round => round.EndTimeStamp is not null);
        return rounds[false].Concat(rounds[true].Take(report.Status.RoundFinishedNumber));
    }
}
