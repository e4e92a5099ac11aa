using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Kdoctor.Core.Results;

namespace Kdoctor.Probing.Load;

/// <summary>What a run has found so far. Its size depends on the targets, not on the requests.</summary>
internal sealed class LoadRecord
{
    private readonly TargetShard[] shards;
    private readonly (long FirstNs, long LastNs)[] spans;
    private readonly DateTimeOffset zero;
    private readonly LatencyHistogram lateness = new();
    private readonly bool unplanned;
    private long planned;
    private long sent;
    private long succeeded;
    private long failed;

    /// <param name="assignment">The load.</param>
    /// <param name="zero">What the wall clock showed when the loop's clock was at 0.</param>
    internal LoadRecord(LoadAssignment assignment, DateTimeOffset zero)
    {
        this.zero = zero;
        // At full speed nothing is planned before it begins.
        unplanned = assignment.FullSpeed;
        var planned = unplanned ? 0 : assignment.Load.RequestsPerTarget;
        shards = [.. assignment.Targets.Select(target => new TargetShard { Target = target.Index, Planned = planned })];
        spans = new (long, long)[shards.Length];
        Array.Fill(spans, (-1, -1));
        this.planned = planned * shards.Length;
    }

    internal LoadProgress Progress => new(Volatile.Read(ref planned), Volatile.Read(ref sent), Volatile.Read(ref succeeded), Volatile.Read(ref failed));

    internal void Began(int slot, long intendedNs, long nowNs)
    {
        shards[slot].Sent++;
        if (unplanned)
        {
            shards[slot].Planned++;
            Volatile.Write(ref planned, planned + 1);
        }
        Volatile.Write(ref sent, sent + 1);
        lateness.Record(nowNs - intendedNs);
        if (spans[slot].FirstNs < 0)
            spans[slot].FirstNs = nowNs;
    }

    internal void Unsent(int slot) => shards[slot].Unsent++;

    internal void Cancelled(Attempt attempt) => shards[attempt.Slot].Cancelled++;

    internal void Ended(Attempt attempt, in AttemptEnd end)
    {
        var shard = shards[attempt.Slot];
        spans[attempt.Slot].LastNs = end.EndNs;
        shard.BodyBytes += end.BodyBytes;
        if (end.Status is { } status)
            shard.CountStatus(status);
        if (end.ReplyCode is { } code)
            shard.CountReplyCode(code);
        if (end.Backend is { } backend)
            shard.CountBackend(backend);
        if (end.Failure is not { } failure)
        {
            shard.Succeeded++;
            Volatile.Write(ref succeeded, succeeded + 1);
            shard.Latency.Record(end.EndNs - attempt.IntendedNs);
            shard.SendLatency.Record(end.EndNs - attempt.BegunNs);
            shard.Phases.Record(end.Phases);
            return;
        }
        Volatile.Write(ref failed, failed + 1);
        if (shard.Samples.Count >= TargetShard.MaxSamples)
            shard.CountFailure(failure);
        else
            shard.Fail(new FailureSample(At(attempt.IntendedNs), failure, attempt.Describe(), TimeSpan.FromTicks((end.EndNs - attempt.IntendedNs) / 100)));
    }

    internal LoadResult Result(long startNs, long nowNs, string? cutShort, ImmutableArray<Probe> probes)
    {
        var last = startNs;
        for (var slot = 0; slot < shards.Length; slot++)
        {
            var shard = shards[slot];
            var (first, end) = spans[slot];
            shard.Unsent = shard.Planned - shard.Sent;
            shard.FirstSent = first < 0 ? null : At(first);
            shard.LastEnded = end < 0 ? null : At(end);
            if (slot < probes.Length)
            {
                var probe = probes[slot];
                (shard.StrayAnswers, shard.SurplusConnections, shard.MovedRequests) = (probe.StrayAnswers, probe.SurplusConnections, probe.MovedRequests);
                shard.Certificates = probe.Certificates;
                (shard.ResolvedAddress, shard.OtherAddresses) = (probe.ResolvedAddress, probe.OtherAddresses);
            }
            last = Math.Max(last, end);
        }
        return new LoadResult
        {
            Started = At(startNs),
            Ended = At(cutShort is null ? last : Math.Max(last, nowNs)),
            Lateness = lateness,
            CutShort = cutShort,
            Targets = ImmutableCollectionsMarshal.AsImmutableArray(shards.OrderBy(shard => shard.Target).ToArray()),
        };
    }

    private DateTimeOffset At(long ns) => zero + TimeSpan.FromTicks(ns / 100);
}
