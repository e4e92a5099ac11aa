using System.Collections.Immutable;
using Google.Protobuf;
using Kdoctor.Core.Protocol;

namespace Kdoctor.Agent.Rounds;

/// <summary>
/// Shards that the controller has not acknowledged, oldest first. Bounded: when one more does not fit, the oldest go, and are counted; a
/// shard that alone is too large goes as well. Safe to use from every thread.
/// </summary>
internal sealed class ShardShelf
{
    /// <summary>The most shards kept.</summary>
    public const int MaxShards = 16;

    /// <summary>The most bytes kept.</summary>
    public const long MaxBytes = 64 << 20;

    private readonly Lock gate = new();
    private readonly LinkedList<KeptShard> kept = new();
    private long bytes;

    /// <summary>Shards that were given up unacknowledged.</summary>
    public long Dropped { get; private set; }

    public IReadOnlyList<KeptShard> Kept
    {
        get
        {
            lock (gate)
                return [.. kept];
        }
    }

    public void Add(string roundId, IEnumerable<ShardPart> parts)
    {
        var shard = new KeptShard(roundId, [.. parts.Select(part => part.ToByteArray())]);
        lock (gate)
        {
            kept.AddLast(shard);
            bytes += shard.Bytes;
            while (kept.Count > MaxShards || bytes > MaxBytes)
            {
                Forget(kept.First!);
                Dropped++;
            }
        }
    }

    /// <summary>Lets go of a shard; false when it was not kept.</summary>
    public bool Remove(string roundId)
    {
        lock (gate)
        {
            for (var node = kept.First; node is not null; node = node.Next)
            {
                if (node.Value.RoundId != roundId)
                    continue;
                Forget(node);
                return true;
            }
            return false;
        }
    }

    private void Forget(LinkedListNode<KeptShard> node)
    {
        bytes -= node.Value.Bytes;
        kept.Remove(node);
    }
}

/// <summary>A shard as it will be sent: bytes, for as objects its parts would take ten times their room while they wait.</summary>
internal sealed class KeptShard(string roundId, ImmutableArray<byte[]> parts)
{
    public string RoundId => roundId;

    /// <summary>What it takes of the shelf.</summary>
    public long Bytes { get; } = parts.Sum(part => (long)part.Length);

    /// <summary>The parts, each made when it is asked for.</summary>
    public IEnumerable<ShardPart> Parts => parts.Select(ShardPart.Parser.ParseFrom);
}
