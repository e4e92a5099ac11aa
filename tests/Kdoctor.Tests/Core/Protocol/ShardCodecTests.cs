using CsCheck;
using Google.Protobuf;
using Kdoctor.Core.Protocol;
using Kdoctor.Core.Results;
using Kdoctor.TestKit.Reports;
using Xunit;

namespace Kdoctor.Tests.Core.Protocol;

public sealed class ShardCodecTests
{
    private static readonly Gen<Failure> GenFailure = Gen.Select(Gen.Int[1, 7], Gen.Int[1, 10], (stage, cause) => new Failure((FailureStage)stage, (FailureCause)cause));

    private static readonly Gen<TargetShard> GenTarget = Gen.Select(
        Gen.Long[0, 5_000_000_000].Array[0, 20], Gen.Select(GenFailure, Gen.Int[1, 9]).Array[0, 4], Gen.Int[0, 5], Gen.Int[0, 3], Gen.String[Gen.Char.AlphaNumeric, 0, 20], Target);

    private static readonly Gen<AgentShard> GenShard = Gen.Select(
        GenTarget.Array[0, 3], Gen.Int[0, 2 * ShardCodec.TargetsPerPart], Gen.Double[0, 8].Nullable(), Gen.Bool, Gen.Long[0, 1_000_000].Array[0, 10], Shard);

    [Fact]
    public void What_is_encoded_is_decoded_in_whatever_order_the_parts_come() => Gen.Select(GenShard, Gen.Int[0, int.MaxValue]).Sample(
        (shard, seed) =>
        {
            var parts = ShardCodec.Encode(shard).Select(part => ShardPart.Parser.ParseFrom(part.ToByteArray())).ToArray();
            new Random(seed).Shuffle(parts);
            var decoded = ShardCodec.Decode(parts);
            Assert.Equal(shard.Targets.Count, decoded.Targets.Count);
            Assert.Equal(ShardCodec.Encode(shard), ShardCodec.Encode(decoded));
            Assert.Equal((shard.RoundId, shard.AgentId, shard.Usage, shard.CutShort, shard.Started), (decoded.RoundId, decoded.AgentId, decoded.Usage, decoded.CutShort, decoded.Started));
            foreach (var (sent, received) in shard.Targets.Zip(decoded.Targets))
            {
                Assert.Equal((sent.Planned, sent.Sent, sent.Succeeded, sent.Failed, sent.Latency.Mean), (received.Planned, received.Sent, received.Succeeded, received.Failed, received.Latency.Mean));
                Assert.Equal(sent.Latency.NonEmptyBuckets(), received.Latency.NonEmptyBuckets());
                Assert.Equal(sent.Samples, received.Samples);
                Assert.Equal((sent.SurplusConnections, sent.MovedRequests), (received.SurplusConnections, received.MovedRequests));
                Assert.Equal(sent.Certificates, received.Certificates);
            }
        },
        iter: 100);

    [Fact]
    public void A_missing_doubled_or_foreign_part_is_refused()
    {
        var round = MeshRound.Of(ShardCodec.TargetsPerPart);
        var parts = ShardCodec.Encode(round.Shard(0)).ToList();
        Assert.True(parts.Count > 1);
        Assert.Throws<FormatException>(() => ShardCodec.Decode([parts[0]]));
        Assert.Throws<FormatException>(() => ShardCodec.Decode([.. parts, parts[0]]));
        var foreign = parts[1].Clone();
        foreign.RoundId = "other/1";
        Assert.Throws<FormatException>(() => ShardCodec.Decode([parts[0], foreign, .. parts.Skip(2)]));
        Assert.Throws<FormatException>(() => ShardCodec.Decode([]));
    }

    /// <summary>Counts are added up, and numbers are written as JSON, which knows neither NaN nor infinity.</summary>
    /// <remarks>Seen red: backends whose sum overflows kept a round from ever being judged; a load that is no number, and the task had no report any more.</remarks>
    [Fact]
    public void Numbers_that_cannot_be_added_or_written_are_refused()
    {
        var part = ShardCodec.Encode(MeshRound.Of(2).Shard(0)).Single();
        Refuse(hostile => hostile.Targets[0].Backends.Add([.. Enumerable.Range(0, 2).Select(place => new BackendCount { AgentId = $"x{place}", Count = long.MaxValue })]));
        Refuse(hostile => hostile.Targets[0].Statuses.Add(new StatusCount { Status = 404, Count = 1L << 50 }));
        Refuse(hostile => hostile.Targets[0].Failures.Add([.. Enumerable.Range(1, 2).Select(cause => new FailureCount { Stage = 2, Cause = cause, Count = long.MaxValue })]));
        Refuse(hostile => hostile.Targets[0].BodyBytes = -1);
        foreach (var value in new[] { double.NaN, double.PositiveInfinity, -1 })
        {
            Refuse(hostile => hostile.Facts.PeakLoad[0].RequestsPerSecond = value);
            Refuse(hostile => hostile.Facts.Usage.MeanCpuCores = value);
            Refuse(hostile => hostile.Facts.Usage.MaxCpuCores = value);
        }

        void Refuse(Action<ShardPart> change)
        {
            var hostile = part.Clone();
            change(hostile);
            Assert.Throws<FormatException>(() => ShardCodec.Decode([hostile]));
        }
    }

    private static TargetShard Target(long[] latencies, (Failure Failure, int Count)[] failures, int unsent, int cancelled, string address)
    {
        var shard = new TargetShard { Target = 0, Unsent = unsent, Cancelled = cancelled, ResolvedAddress = address.Length == 0 ? null : address };
        foreach (var latency in latencies)
        {
            shard.Latency.Record(latency);
            shard.SendLatency.Record(latency / 2);
        }
        foreach (var (failure, count) in failures)
        {
            for (var i = 0; i < count; i++)
                shard.Fail(new FailureSample(MeshRound.Noon, failure, address, TimeSpan.FromMilliseconds(i)));
        }
        shard.OtherAddresses = [.. Enumerable.Range(0, unsent % (TargetShard.MaxOtherAddresses + 1)).Select(place => $"192.0.2.{place}")];

        // Different ones by the number that the generator gives anyway.
        shard.Certificates = [.. Enumerable.Range(0, unsent % (TargetShard.MaxCertificates + 1)).Select(place => new PeerCertificate(
            MeshRound.Noon.AddDays(-place), MeshRound.Noon.AddDays(cancelled), $"{address}{place}", place == 0 ? null : place == 1, place + 1))];
        (shard.SurplusConnections, shard.MovedRequests) = (unsent, 2L * cancelled);
        shard.Succeeded = latencies.Length;
        shard.Sent = shard.Succeeded + shard.Failed + cancelled;
        shard.Planned = shard.Sent + unsent;
        return shard;
    }

    private static AgentShard Shard(TargetShard[] targets, int repeated, double? cpu, bool cut, long[] lateness)
    {
        var late = new LatencyHistogram();
        foreach (var value in lateness)
            late.Record(value);
        return new AgentShard
        {
            RoundId = "task/1",
            AgentId = "agent",
            Started = MeshRound.Noon,
            Ended = MeshRound.Noon.AddSeconds(10),
            Usage = new AgentUsage(cpu, cpu * 2, cpu is null ? null : 1 << 20, 3),
            Lateness = late,
            CutShort = cut ? "stopped" : null,
            PeakLoad = new Dictionary<string, double> { ["NetReach"] = 10 },
            Targets = [.. Enumerable.Range(0, targets.Length == 0 ? 0 : repeated).Select(place => targets[place % targets.Length])],
        };
    }
}
