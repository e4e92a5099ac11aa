using Kdoctor.Core.Reports;
using Kdoctor.Core.Results;
using Kdoctor.Probing.Load;

namespace Kdoctor.Agent.Probes;

/// <summary>The numbers of a probe that its table and its JSON have in common.</summary>
internal sealed record ProbeNumbers(ProbeResult Result)
{
    /// <summary>The percentiles shown, by name.</summary>
    public static readonly IReadOnlyList<(string Name, double Quantile)> Percentiles =
        [("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p99.9", 0.999)];

    /// <summary>Requests that got a whole answer, the expected one or not.</summary>
    public long Completed => Math.Max(Result.Target.Succeeded, Result.Target.Statuses.Values.Sum() + Result.Target.ReplyCodes.Values.Sum());

    /// <summary>Requests that ended without a whole answer.</summary>
    public long Lost => Math.Max(0, Result.Target.Sent - Result.Target.Cancelled - Completed);

    /// <summary>From the first request to the last end.</summary>
    public double? Seconds => Result.Target is { FirstSent: { } first, LastEnded: { } last } && last > first ? (last - first).TotalSeconds : null;

    /// <summary>Whole answers per second; null when there is no time to divide by.</summary>
    public double? CompletedPerSecond => Completed / Seconds;

    /// <summary>Answers by what they said, as the protocol words it.</summary>
    public IEnumerable<(string Name, long Count)> Answers =>
        Result.Target.Statuses.OrderBy(entry => entry.Key).Select(entry => ($"{entry.Key}", entry.Value))
            .Concat(Result.Target.ReplyCodes.OrderBy(entry => entry.Key).Select(entry => (ReplyCode.NameOf(entry.Key), entry.Value)));

    /// <summary>Where the time of successes went, in its order.</summary>
    public static IEnumerable<(string Name, PhaseReport Phase)> Phases(PhaseLatencies phases)
    {
        if (ReportWords.Phases(phases) is not { } report)
            yield break;
        foreach (var (name, phase) in new[] { ("resolve", report.Resolve), ("connect", report.Connect), ("tls", report.Tls), ("first byte", report.FirstByte), ("body", report.Body) })
        {
            if (phase is not null)
                yield return (name, phase);
        }
    }

    public IEnumerable<(string Name, long Count)> Failures =>
        Result.Target.Failures.OrderByDescending(entry => entry.Value).Select(entry => (entry.Key.ToString(), entry.Value));
}
