namespace Kdoctor.Probing.Http2;

/// <summary>
/// The Huffman code of HPACK (RFC 7541 section 5.2 and appendix B). It is canonical: the lengths of its codes say all, since codes of one length follow
/// each other in the order of their symbols. Decoding walks a table four bits at a time; no code is shorter than five, so that a step ends
/// one symbol at most.
/// </summary>
internal static class HpackHuffman
{
    private const int EndOfString = 256;
    private const ushort Emits = 0x8000;
    private const int Dead = 0xFF;

    // The code lengths of symbols 0..255 in bits; 256, the end of the string, has 30.
    private static readonly byte[] Lengths =
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
        30,
    ];

    // Per state (an inner node of the code's tree, 0 is the root) and next four bits: the next state, and the symbol that ended meanwhile.
    private static readonly (byte Next, byte Symbol, ushort Flags)[] Steps;

    // Whether a string may end in a state: after less than eight bits, all ones (section 5.2).
    private static readonly bool[] MayEnd;

#pragma warning disable CA1810 // Both tables come from one tree.
    static HpackHuffman()
#pragma warning restore CA1810
    {
        var tree = Tree();
        Steps = new (byte, byte, ushort)[256 * 16];
        MayEnd = new bool[256];
        for (int state = 0, depth = 0; depth < 8; depth++, state = tree[state, 1])
            MayEnd[state] = true;
        for (var state = 0; state < 256; state++)
        {
            for (var bits = 0; bits < 16; bits++)
                Steps[(state * 16) + bits] = Walk(tree, state, bits);
        }
    }

    /// <summary>Decodes a whole string; false when it breaks the code: the end symbol in it, or padding that is not the shortest run of ones.</summary>
    /// <param name="coded">The octets.</param>
    /// <param name="destination">At least 8/5 as long.</param>
    /// <param name="length">How many bytes were written.</param>
    internal static bool TryDecode(ReadOnlySpan<byte> coded, Span<byte> destination, out int length)
    {
        length = 0;
        var state = 0;
        var steps = Steps;
        foreach (var octet in coded)
        {
            var (next, symbol, flags) = steps[(state << 4) | (octet >> 4)];
            if (flags != 0)
            {
                if (flags != Emits)
                    return false;
                destination[length++] = symbol;
            }
            (next, symbol, flags) = steps[(next << 4) | (octet & 15)];
            if (flags != 0)
            {
                if (flags != Emits)
                    return false;
                destination[length++] = symbol;
            }
            state = next;
        }
        return MayEnd[state];
    }

    // Inner nodes are numbered as they are made, 256 in all for 257 leaves; a leaf is its symbol, complemented.
    private static int[,] Tree()
    {
        var tree = new int[256, 2];
        var nodes = 1;
        uint code = 0;
        var bits = 5;
        foreach (var symbol in Enumerable.Range(0, EndOfString + 1).OrderBy(symbol => Lengths[symbol]).ThenBy(symbol => symbol))
        {
            code <<= Lengths[symbol] - bits;
            bits = Lengths[symbol];
            var node = 0;
            for (var bit = bits - 1; bit > 0; bit--)
            {
                ref var child = ref tree[node, (int)(code >> bit) & 1];
                if (child == 0)
                    child = nodes++;
                node = child;
            }
            tree[node, (int)code & 1] = ~symbol;
            code++;
        }
        return tree;
    }

    private static (byte Next, byte Symbol, ushort Flags) Walk(int[,] tree, int state, int bits)
    {
        (byte Next, byte Symbol, ushort Flags) step = default;
        var node = state;
        for (var bit = 3; bit >= 0; bit--)
        {
            node = tree[node, (bits >> bit) & 1];
            if (node >= 0)
                continue;
            if (~node == EndOfString)
                return (0, 0, Dead);
            step = (0, (byte)~node, Emits);
            node = 0;
        }
        return (checked((byte)node), step.Symbol, step.Flags);
    }
}
