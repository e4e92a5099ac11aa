using System.Globalization;
using System.Text;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Results;
using Kdoctor.Probing.Load;

namespace Kdoctor.Agent.Probes;

/// <summary>What a probe found, for people.</summary>
internal static class ProbeTable
{
    public static string Write(ProbeTarget target, ProbeChoices choices, ProbeResult result)
    {
        var numbers = new ProbeNumbers(result);
        var shard = result.Target;
        var text = new StringBuilder().Append(SafeText.Of(target.Title)).Append('\n');
        Row(text, "load", Load(target, choices));
        if (shard.ResolvedAddress is { } address)
            Row(text, "address", shard.OtherAddresses.Count == 0 ? address : $"{address}; not asked: {string.Join(", ", shard.OtherAddresses)}");
        foreach (var shown in ProbeCertificates.Lines(target.Plan, shard))
            Row(text, "certificate", SafeText.Of(shown));
        Row(text, "requests", $"{Count(shard.Sent)} sent, {Count(numbers.Completed)} completed, {Count(numbers.Lost)} lost ({ScreenNumbers.Percent(Share(numbers.Lost, shard.Sent))}){Rest(shard)}");
        Row(text, "succeeded", $"{Count(shard.Succeeded)} ({ScreenNumbers.Percent(Share(shard.Succeeded, shard.Sent))}), {Count(shard.Failed)} failed");
        Row(text, "rate", numbers is { CompletedPerSecond: { } rate, Seconds: { } seconds }
            ? string.Create(CultureInfo.InvariantCulture, $"{rate:N1} completed per second over {seconds:0.###} s") : ScreenNumbers.Absent);
        Row(text, "answers", Counts(numbers.Answers));
        if (shard.StrayAnswers > 0)
            Row(text, "stray", $"{Count(shard.StrayAnswers)} answers belonged to no request under way: late, or with a wrong id or question");
        if (shard.SurplusConnections > 0)
            Row(text, "surplus", $"{Count(shard.SurplusConnections)} connections closed after their answer: enough were open already");
        if (shard.MovedRequests > 0)
            Row(text, "moved", $"{Count(shard.MovedRequests)} requests went on another connection: the server ended theirs and had not processed them (GOAWAY)");
        foreach (var (name, count) in numbers.Failures)
            Row(text, "failure", $"{Count(count)} x {name}");
        Row(text, "latency ms", Distribution(shard.Latency));
        foreach (var (name, phase) in ProbeNumbers.Phases(shard.Phases))
            Row(text, $"{name} ms", Phase(phase, shard));
        if (choices.Rate is not null)
            Row(text, "own delay ms", Distribution(result.Lateness));
        foreach (var sample in shard.Samples)
            Row(text, "sample", Sample(sample));
        if (result.CutShort is { } reason)
            Row(text, "cut short", SafeText.Of(reason));
        return text.ToString();
    }

    private static void Row(StringBuilder text, string name, string value) => text.Append("  ").Append(name.PadRight(14)).Append(value).Append('\n');

    private static string Load(ProbeTarget target, ProbeChoices choices)
    {
        var duration = ScreenNumbers.Duration(choices.Duration);
        var timeout = string.Create(CultureInfo.InvariantCulture, $"timeout {choices.Timeout.TotalMilliseconds:0.###} ms");
        return choices.Rate is { } rate
            ? string.Create(CultureInfo.InvariantCulture, $"{rate:#,0.###} requests per second for {duration}, on a timetable, {timeout}")
            : $"full speed for {duration}, a closed loop of {Count(target.FullSpeedOutstanding)} requests under way, {timeout}";
    }

    private static string Rest(TargetShard shard) =>
        (shard.Unsent > 0 ? $", {Count(shard.Unsent)} not sent (this machine could not keep up)" : "")
        + (shard.Cancelled > 0 ? $", {Count(shard.Cancelled)} cancelled" : "");

    private static string Counts(IEnumerable<(string Name, long Count)> counts)
    {
        var words = string.Join(", ", counts.Select(entry => $"{entry.Name} {Count(entry.Count)}"));
        return words.Length == 0 ? "none" : words;
    }

    private static string Distribution(LatencyHistogram histogram)
    {
        if (histogram is not { Min: { } min, Max: { } max, Mean: { } mean })
            return ScreenNumbers.Absent;
        var percentiles = ProbeNumbers.Percentiles.Select(percentile => $"{percentile.Name} {Ms(histogram.Quantile(percentile.Quantile)!.Value)}");
        return $"min {Ms(min)}, mean {Ms(mean)}, {string.Join(", ", percentiles)}, max {Ms(max)}";
    }

    private static string Sample(FailureSample sample) =>
        $"{sample.Intended.UtcDateTime:HH:mm:ss.fff}Z {sample.Failure}{(sample.Text.Length == 0 ? "" : $": {SafeText.Of(sample.Text)}")}";

    private static string Phase(PhaseReport phase, TargetShard shard) =>
        $"mean {ScreenNumbers.Milliseconds(phase.MeanInMs)}, p50 {ScreenNumbers.Milliseconds(phase.P50InMs)}, p99 {ScreenNumbers.Milliseconds(phase.P99InMs)}, "
        + $"max {ScreenNumbers.Milliseconds(phase.MaxInMs)}{(phase.Counts == shard.Succeeded ? "" : $" ({Count(phase.Counts)} times)")}";

    private static double? Share(long part, long whole) => whole == 0 ? null : (double)part / whole;

    private static string Ms(double nanoseconds) => ScreenNumbers.Milliseconds(nanoseconds / 1e6);

    private static string Count(long value) => ScreenNumbers.Count(value);
}
