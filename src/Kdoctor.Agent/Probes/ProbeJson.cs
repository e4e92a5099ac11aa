using System.Text.Json;
using System.Text.Json.Nodes;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Results;
using Kdoctor.Probing.Load;

namespace Kdoctor.Agent.Probes;

/// <summary>What a probe found, for programs. Units are in the names; a field that is absent was not measured.</summary>
internal static class ProbeJson
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    public static string Write(ProbeTarget target, ProbeChoices choices, ProbeResult result)
    {
        var numbers = new ProbeNumbers(result);
        var shard = result.Target;
        var document = new JsonObject
        {
            ["target"] = Present(target.Facts.DeepClone().AsObject()),
            ["load"] = Present(new JsonObject
            {
                ["closedLoop"] = choices.Rate is null,
                ["requestsPerSecond"] = choices.Rate,
                ["outstandingMax"] = choices.Rate is null ? target.FullSpeedOutstanding : null,
                ["durationInMs"] = choices.Duration.TotalMilliseconds,
                ["requestTimeoutInMs"] = choices.Timeout.TotalMilliseconds,
            }),
            ["startTime"] = Instant(result.Started),
            ["endTime"] = Instant(result.Ended),
            ["cutShort"] = result.CutShort,
            ["resolvedAddress"] = shard.ResolvedAddress,
            ["otherAddresses"] = shard.OtherAddresses.Count == 0 ? null : new JsonArray([.. shard.OtherAddresses.Select(address => JsonValue.Create(address))]),
            ["certificates"] = ProbeCertificates.Json(target.Plan, shard),
            ["requests"] = new JsonObject
            {
                ["planned"] = shard.Planned,
                ["sent"] = shard.Sent,
                ["completed"] = numbers.Completed,
                ["lost"] = numbers.Lost,
                ["succeeded"] = shard.Succeeded,
                ["failed"] = shard.Failed,
                ["unsent"] = shard.Unsent,
                ["cancelled"] = shard.Cancelled,
            },
            ["completedPerSecond"] = numbers.CompletedPerSecond is { } rate ? Math.Round(rate, 3) : null,
            ["answers"] = Counts(numbers.Answers),
            ["strayAnswers"] = shard.StrayAnswers == 0 ? null : shard.StrayAnswers,
            ["surplusConnections"] = shard.SurplusConnections == 0 ? null : shard.SurplusConnections,
            ["movedRequests"] = shard.MovedRequests == 0 ? null : shard.MovedRequests,
            ["failures"] = Counts(numbers.Failures),
            ["latencyInMs"] = Distribution(shard.Latency),
            ["phases"] = Phases(shard.Phases),
            ["ownLatenessInMs"] = choices.Rate is null ? null : Distribution(result.Lateness),
            ["samples"] = shard.Samples.Count == 0 ? null : new JsonArray([.. shard.Samples.Select(Sample)]),
        };
        return Present(document).ToJsonString(Indented);
    }

    private static JsonObject Counts(IEnumerable<(string Name, long Count)> counts) =>
        new(counts.Select(entry => KeyValuePair.Create<string, JsonNode?>(entry.Name, entry.Count)));

    private static JsonObject? Distribution(LatencyHistogram histogram)
    {
        if (histogram is not { Min: { } min, Max: { } max, Mean: { } mean })
            return null;
        var fields = new JsonObject { ["min"] = ReportWords.Milliseconds(min), ["mean"] = ReportWords.Milliseconds(mean) };
        foreach (var (name, quantile) in ProbeNumbers.Percentiles)
            fields[name.Replace(".", "", StringComparison.Ordinal)] = ReportWords.Milliseconds(histogram.Quantile(quantile)!.Value);
        fields["max"] = ReportWords.Milliseconds(max);
        return fields;
    }

    private static JsonObject? Phases(PhaseLatencies phases)
    {
        var fields = new JsonObject(ProbeNumbers.Phases(phases).Select(entry => KeyValuePair.Create<string, JsonNode?>(
            entry.Name == "first byte" ? "firstByte" : entry.Name,
            new JsonObject
            {
                ["counts"] = entry.Phase.Counts,
                ["meanInMs"] = entry.Phase.MeanInMs,
                ["p50InMs"] = entry.Phase.P50InMs,
                ["p99InMs"] = entry.Phase.P99InMs,
                ["maxInMs"] = entry.Phase.MaxInMs,
            })));
        return fields.Count == 0 ? null : fields;
    }

    private static JsonObject Sample(FailureSample sample) => Present(new JsonObject
    {
        ["intendedTime"] = Instant(sample.Intended),
        ["failure"] = sample.Failure.ToString(),
        ["detail"] = sample.Text.Length == 0 ? null : sample.Text,
        ["elapsedInMs"] = ReportWords.Milliseconds(sample.Elapsed.Ticks * 100),
    });

    private static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString("O");

    private static JsonObject Present(JsonObject fields)
    {
        foreach (var name in fields.Where(field => field.Value is null).Select(field => field.Key).ToList())
            fields.Remove(name);
        return fields;
    }
}
