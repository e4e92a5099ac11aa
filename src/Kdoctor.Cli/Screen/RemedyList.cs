using Kdoctor.Core.Reports;
using Kdoctor.Core.Results;

namespace Kdoctor.Cli.Screen;

/// <summary>What a reader can do about the failures of the targets that failed, each once, the most frequent first.</summary>
internal static class RemedyList
{
    private const int Most = 5;
    private const string TooSlow = "compare p50 with p99: a few slow requests speak of lost packets or a busy backend, a high p50 of distance or load";

    public static void Print(Page page, KdoctorReport report)
    {
        var targets = report.Report.LatestRoundReport
            .SelectMany(agent => agent.Measurements?.RoundTaskDetail ?? [])
            .Where(target => !target.RequestSucceed)
            .ToList();
        var remedies = targets
            .SelectMany(target => target.RequestTargetMetrics.Errors)
            .GroupBy(error => error.Key, StringComparer.Ordinal)
            .OrderByDescending(errors => errors.Sum(error => error.Value)).ThenBy(errors => errors.Key, StringComparer.Ordinal)
            .Select(errors => (Failure: errors.Key, Remedy: FailureRemedies.Of(errors.Key)))
            .Where(advice => advice.Remedy is not null)
            .Take(Most)
            .ToList();
        if (targets.Exists(target => target.Verdict == "fail" && target.RequestMeanDelay > ReportExpectation.Of(report.Task).MeanDelayMs))
            remedies.Add(("too slow", TooSlow));
        if (remedies.Count == 0)
            return;
        page.Heading("what to do about it");
        foreach (var (failure, remedy) in remedies)
        {
            page.Wrapped(2, 6, Span.Strong(SafeText.Of(failure)));
            page.Wrapped(6, 6, Span.Plain(remedy!));
        }
    }
}
