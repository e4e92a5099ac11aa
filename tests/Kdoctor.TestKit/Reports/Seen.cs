using System.Collections.Immutable;
using Kdoctor.Core.Results;

namespace Kdoctor.TestKit.Reports;

/// <summary>What a made-up agent saw of one target; whatever is not said went well.</summary>
public sealed record Seen(long Planned)
{
    public long Unsent { get; init; }

    public long Cancelled { get; init; }

    public ImmutableArray<(Failure Failure, long Count, string Text)> Failures { get; init; } = [];

    /// <summary>The latency of every success, give or take a tenth of a millisecond.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMicroseconds(380);

    /// <summary>How much of the latency is the agent's own, before it began the request.</summary>
    public TimeSpan Lateness { get; init; } = TimeSpan.FromMicroseconds(30);

    /// <summary>Who answers in turn; null for whoever usually does.</summary>
    public IReadOnlyList<string>? Backends { get; init; }

    /// <summary>When the first failure ended, in seconds after noon; a further one comes every second.</summary>
    public double FailingFrom { get; init; } = 1.00125;

    public long Sent => Planned - Unsent;

    public long Succeeded => Sent - Cancelled - Failures.Sum(failure => failure.Count);

    public Seen Fail(long count, FailureStage stage = FailureStage.Connect, FailureCause cause = FailureCause.Refused, string text = "") =>
        this with { Failures = Failures.Add((new Failure(stage, cause), count, text)) };

    public Seen Slow(double milliseconds) => this with { Latency = TimeSpan.FromMilliseconds(milliseconds) };

    public Seen Answer(params IReadOnlyList<string> backends) => this with { Backends = backends };

    /// <summary>The shard; <paramref name="backends"/> answer in turn.</summary>
    public TargetShard At(int target, IReadOnlyList<string> backends)
    {
        ArgumentNullException.ThrowIfNull(backends);
        var shard = new TargetShard
        {
            Target = target,
            Planned = Planned,
            Sent = Sent,
            Succeeded = Succeeded,
            Unsent = Unsent,
            Cancelled = Cancelled,
            BodyBytes = Succeeded * 352,
            FirstSent = Sent > 0 ? MeshRound.Noon.AddSeconds(1) : null,
            LastEnded = Sent > 0 ? MeshRound.Noon.AddMilliseconds(10_902.5) : null,
        };
        for (var i = 0; i < Succeeded; i++)
        {
            var latency = (long)Latency.TotalNanoseconds + (((i * 37) + (target * 17)) % 200 * 1_000) - 100_000;
            shard.Latency.Record(latency);
            shard.SendLatency.Record(latency - (long)Lateness.TotalNanoseconds);
            shard.CountStatus(200);
            shard.CountBackend(backends[i % backends.Count]);
        }
        foreach (var (failure, count, text) in Failures)
        {
            for (var i = 0; i < count; i++)
                shard.Fail(new FailureSample(MeshRound.Noon.AddSeconds(FailingFrom - 0.00125 + i), failure, text, TimeSpan.FromMilliseconds(1.25)));
        }
        return shard;
    }
}
