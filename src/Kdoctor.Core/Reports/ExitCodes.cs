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
    /// for ever at least one) with success.
    /// </summary>
    public static int Of(IReadOnlyCollection<KdoctorReport> reports)
    {
        ArgumentNullException.ThrowIfNull(reports);
        if (reports.Any(report => report.Report.History.Any(round => round.Status == "fail")))
            return Failed;
        return reports.Count > 0 && reports.All(Proven) ? Succeeded : NoVerdict;
    }

    private static bool Proven(KdoctorReport report) =>
        report.Report.History.Count > 0
        && report.Report.History.All(round => round.Status == "succeed")
        && report.Status.RoundFinishedNumber >= Math.Max(1, report.Status.TotalRoundNumber);
}
