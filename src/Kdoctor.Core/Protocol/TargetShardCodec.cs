using Kdoctor.Core.Results;

namespace Kdoctor.Core.Protocol;

/// <summary>One target's shard to and from its wire form.</summary>
internal static class TargetShardCodec
{
    // So many counts of one kind still add up within a long, those of 20,000 agents too.
    private const long MaxCount = 1L << 40;

    public static TargetShardMessage Encode(TargetShard shard)
    {
        var message = new TargetShardMessage
        {
            Target = shard.Target,
            Planned = shard.Planned,
            Sent = shard.Sent,
            Succeeded = shard.Succeeded,
            Unsent = shard.Unsent,
            Cancelled = shard.Cancelled,
            BodyBytes = shard.BodyBytes,
            FirstSentUnixNs = shard.FirstSent is { } first ? WireTime.ToUnixNanoseconds(first) : 0,
            LastEndedUnixNs = shard.LastEnded is { } last ? WireTime.ToUnixNanoseconds(last) : 0,
            LatencyNs = HistogramCodec.Encode(shard.Latency),
            SendLatencyNs = HistogramCodec.Encode(shard.SendLatency),
            ResolvedAddress = shard.ResolvedAddress ?? "",
            StrayAnswers = shard.StrayAnswers,
            SurplusConnections = shard.SurplusConnections,
            MovedRequests = shard.MovedRequests,
            PhasesNs = PhasesCodec.Encode(shard.Phases),
        };
        message.Failures.AddRange(shard.Failures.Select(entry => new FailureCount { Stage = (int)entry.Key.Stage, Cause = (int)entry.Key.Cause, Count = entry.Value }));
        message.Statuses.AddRange(shard.Statuses.Select(entry => new StatusCount { Status = entry.Key, Count = entry.Value }));
        message.ReplyCodes.AddRange(shard.ReplyCodes.Select(entry => new ReplyCodeCount { Code = entry.Key, Count = entry.Value }));
        message.Backends.AddRange(shard.Backends.Select(entry => new BackendCount { AgentId = entry.Key, Count = entry.Value }));
        message.OtherAddresses.AddRange(shard.OtherAddresses);
        message.Certificates.AddRange(shard.Certificates.Select(CertificateCodec.Encode));
        message.Samples.AddRange(shard.Samples.Select(sample => new FailureSampleMessage
        {
            IntendedUnixNs = WireTime.ToUnixNanoseconds(sample.Intended),
            Stage = (int)sample.Failure.Stage,
            Cause = (int)sample.Failure.Cause,
            Text = sample.Text,
            ElapsedNs = sample.Elapsed.Ticks * 100,
        }));
        return message;
    }

    /// <exception cref="FormatException">A value lies outside its range, or the counts contradict each other.</exception>
    public static TargetShard Decode(TargetShardMessage message)
    {
        var shard = new TargetShard
        {
            Target = message.Target,
            Planned = message.Planned,
            Sent = message.Sent,
            Succeeded = message.Succeeded,
            Unsent = message.Unsent,
            Cancelled = message.Cancelled,
            BodyBytes = message.BodyBytes,
            FirstSent = message.FirstSentUnixNs == 0 ? null : WireTime.FromUnixNanoseconds(message.FirstSentUnixNs),
            LastEnded = message.LastEndedUnixNs == 0 ? null : WireTime.FromUnixNanoseconds(message.LastEndedUnixNs),
            ResolvedAddress = message.ResolvedAddress.Length == 0 ? null : message.ResolvedAddress,
            OtherAddresses = [.. message.OtherAddresses.Take(TargetShard.MaxOtherAddresses)],
            Latency = HistogramCodec.Decode(message.LatencyNs),
            SendLatency = HistogramCodec.Decode(message.SendLatencyNs),
            Failures = Distinct(message.Failures, entry => (FailureOf(entry.Stage, entry.Cause), entry.Count)),
            Statuses = Distinct(message.Statuses, entry => (entry.Status, entry.Count)),
            ReplyCodes = Distinct(message.ReplyCodes, entry => (entry.Code, entry.Count)),
            StrayAnswers = Math.Max(0, message.StrayAnswers),
            SurplusConnections = Math.Max(0, message.SurplusConnections),
            MovedRequests = Math.Max(0, message.MovedRequests),
            Phases = PhasesCodec.Decode(message.PhasesNs, message.Succeeded),
            Backends = Distinct(message.Backends, entry => (entry.AgentId, entry.Count)),
            Certificates = [.. message.Certificates.Take(TargetShard.MaxCertificates).Select(CertificateCodec.Decode)],
            Samples = [.. message.Samples.Take(TargetShard.MaxSamples).Select(sample => new FailureSample(
                WireTime.FromUnixNanoseconds(sample.IntendedUnixNs), FailureOf(sample.Stage, sample.Cause), sample.Text, TimeSpan.FromTicks(sample.ElapsedNs / 100)))],
        };
        if (long.Min(shard.Planned, long.Min(shard.Sent, long.Min(shard.Unsent, long.Min(shard.Cancelled, shard.BodyBytes)))) < 0
            || shard.Planned != shard.Sent + shard.Unsent
            || shard.Sent != shard.Succeeded + shard.Failed + shard.Cancelled
            || shard.Latency.Count != shard.Succeeded
            || (message.SendLatencyNs is not null && shard.SendLatency.Count != shard.Succeeded))
            throw new FormatException($"the counts of target {shard.Target} contradict each other");
        return shard;
    }

    private static Failure FailureOf(int stage, int cause)
    {
        var failure = new Failure((FailureStage)stage, (FailureCause)cause);
        return Enum.IsDefined(failure.Stage) && Enum.IsDefined(failure.Cause)
            ? failure
            : throw new FormatException($"stage {stage} with cause {cause} is not in the vocabulary of this version");
    }

    private static Dictionary<TKey, long> Distinct<TEntry, TKey>(IEnumerable<TEntry> entries, Func<TEntry, (TKey Key, long Count)> read)
        where TKey : notnull
    {
        var counts = new Dictionary<TKey, long>();
        foreach (var (key, count) in entries.Select(read))
        {
            if (count is <= 0 or > MaxCount || counts.Count >= TargetShard.MaxKeys + 1 || !counts.TryAdd(key, count))
                throw new FormatException($"count {count} under {key} is doubled or not one of 1 to {MaxCount}, or there are too many of its kind");
        }
        return counts;
    }
}
