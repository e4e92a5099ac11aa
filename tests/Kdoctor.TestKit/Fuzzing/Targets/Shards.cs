using Google.Protobuf;
using Kdoctor.Core.Protocol;
using Kdoctor.TestKit.Reports;
using Xunit;

namespace Kdoctor.TestKit.Fuzzing.Targets;

/// <summary>A part of an agent's shard: one whose counts add up, or a refusal.</summary>
public static class Shards
{
    public static FuzzTarget Target { get; } = new(
        "shard", Takes, () => ShardCodec.Encode(MeshRound.Of(3).Shard(0, (target, seen) => target.Index == 1 ? seen.Fail(3, text: "no") : seen)).Select(part => part.ToByteArray()));

    private static bool Takes(byte[] bytes) => FuzzTarget.IsTaken(
        () => Assert.All(
            ShardCodec.Decode([ShardPart.Parser.ParseFrom(bytes)]).Targets,
            target => Assert.Equal(target.Planned, target.Succeeded + target.Failed + target.Cancelled + target.Unsent)),
        refusal => refusal is FormatException or InvalidProtocolBufferException);
}
