using Kdoctor.Core.Protocol;

namespace Kdoctor.Controller.Sessions;

/// <summary>Puts the parts of one stream's shards together, in any order, within bounds: an agent that sends nonsense costs memory only up to there.</summary>
internal sealed class ShardAssembly
{
    /// <summary>Shards that one agent may send at the same time.</summary>
    public const int MaxOpen = 4;

    /// <summary>Parts of one shard: 51,200 targets.</summary>
    public const int MaxParts = 2560;

    /// <summary>Bytes of one shard.</summary>
    public const int MaxBytes = 32 << 20;

    private readonly Dictionary<string, Open> open = new(StringComparer.Ordinal);

    /// <summary>Adds a part.</summary>
    /// <returns>All parts when it was the last one missing; otherwise null.</returns>
    /// <exception cref="FormatException">The part breaks a bound or contradicts the others; the shard is forgotten.</exception>
    public IReadOnlyCollection<ShardPart>? Add(ShardPart part)
    {
        if (!open.TryGetValue(part.RoundId, out var shard))
        {
            if (open.Count >= MaxOpen)
                throw new FormatException($"more than {MaxOpen} shards are incomplete");
            if (part.Parts is < 1 or > MaxParts)
                throw new FormatException($"a shard of {part.Parts} parts is not one of 1 to {MaxParts}");
            open[part.RoundId] = shard = new Open(part.Parts);
        }
        shard.Bytes += part.CalculateSize();
        if (part.Parts != shard.Parts || part.Part < 0 || part.Part >= shard.Parts || shard.Bytes > MaxBytes)
        {
            open.Remove(part.RoundId);
            throw new FormatException($"part {part.Part} of {part.Parts} does not belong to a shard of {shard.Parts} parts and at most {MaxBytes} bytes");
        }
        shard.Received[part.Part] = part;
        if (shard.Received.Count < shard.Parts)
            return null;
        open.Remove(part.RoundId);
        return shard.Received.Values;
    }

    private sealed class Open(int parts)
    {
        public int Parts { get; } = parts;

        public long Bytes { get; set; }

        public Dictionary<int, ShardPart> Received { get; } = [];
    }
}
