namespace Kdoctor.Probing.Http2;

/// <summary>Integers with a prefix of 4 to 7 bits (RFC 7541 section 5.1).</summary>
internal static class HpackInteger
{
    /// <summary>More than any length or index that can be meant here.</summary>
    internal const int MaxValue = 1 << 24;

    /// <summary>Reads one from the block's first bytes; false when the block ends in it or it is beyond <see cref="MaxValue"/>.</summary>
    internal static bool TryRead(ref ReadOnlySpan<byte> block, int prefixBits, out int value)
    {
        var full = (1 << prefixBits) - 1;
        value = block[0] & full;
        block = block[1..];
        if (value < full)
            return true;
        for (var shift = 0; shift <= 21; shift += 7)
        {
            if (block.IsEmpty)
                return false;
            var octet = block[0];
            block = block[1..];
            value += (octet & 0x7F) << shift;
            if (octet < 0x80)
                return value <= MaxValue;
        }
        return false;
    }

    /// <summary>Writes one after the bits of <paramref name="kind"/>.</summary>
    internal static void Write(List<byte> block, byte kind, int prefixBits, int value)
    {
        var full = (1 << prefixBits) - 1;
        if (value < full)
        {
            block.Add((byte)(kind | value));
            return;
        }
        block.Add((byte)(kind | full));
        for (value -= full; value >= 0x80; value >>= 7)
            block.Add((byte)(value | 0x80));
        block.Add((byte)value);
    }
}
