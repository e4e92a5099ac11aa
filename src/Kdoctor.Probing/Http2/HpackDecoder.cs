using Kdoctor.Probing.Http;

namespace Kdoctor.Probing.Http2;

/// <summary>
/// Reads header blocks (RFC 7541). One per connection: the table that later blocks refer to grows with each block, so every block has to be read, in
/// order, whoever its stream belonged to.
/// </summary>
/// <remarks>A block's fields may have <see cref="MaxListBytes"/> together by the standard's count (RFC 9113 section 6.5.2); more is an error, which bounds what a few coded bytes can unfold to.</remarks>
internal sealed class HpackDecoder
{
    internal const int MaxListBytes = 64 * 1024;

    private const int UsualScratch = 512;

    private readonly HpackDynamicTable table = new();
    private byte[] scratch = new byte[UsualScratch];
    private int scratchUsed;

    internal void Begin()
    {
        table.Clear();
        if (scratch.Length > UsualScratch * 8)
            scratch = new byte[UsualScratch];
    }

    /// <summary>Reads one whole block and hands its fields on in order; null, or what is wrong with it.</summary>
    internal string? Read(ReadOnlySpan<byte> block, IFieldObserver fields)
    {
        var listBytes = 0;
        var mayResize = true;
        while (!block.IsEmpty)
        {
            var kind = block[0];
            scratchUsed = 0;

            // Section 6.3: the table's size, only before the first field.
            if (kind >> 5 == 1)
            {
                if (!mayResize || !HpackInteger.TryRead(ref block, 5, out var size) || !table.Resize(size))
                    return "a header block changes its table's size wrongly";
                continue;
            }
            mayResize = false;
            if (!TryReadField(ref block, kind, out var name, out var value))
                return "a header block breaks HPACK";
            listBytes += name.Length + value.Length + 32;
            if (listBytes > MaxListBytes)
                return "the header fields are longer than 64 KiB";
            fields.OnField(name, value);

            // Section 6.2.1: added after it was read, since adding may push out the entry that gave the name.
            if (kind >> 6 == 1)
                table.Add(name, value);
        }
        return null;
    }

    private bool TryReadField(ref ReadOnlySpan<byte> block, byte kind, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;

        // Section 6.1: name and value from a table.
        if (kind >= 0x80)
            return HpackInteger.TryRead(ref block, 7, out var index) && TryFind(index, out name, out value);

        // Section 6.2: a literal value, with a name from a table or a literal one.
        if (!HpackInteger.TryRead(ref block, kind >= 0x40 ? 6 : 4, out var nameIndex))
            return false;
        if (nameIndex == 0)
        {
            if (!TryReadText(ref block, out name))
                return false;
        }
        else if (!TryFind(nameIndex, out name, out _))
        {
            return false;
        }
        else if (nameIndex > HpackStaticTable.Count && kind >= 0x40)
        {
            name = Keep(name);
        }
        return TryReadText(ref block, out value);
    }

    private bool TryFind(int index, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        if (index == 0 || index > HpackStaticTable.Count + table.Count)
            return false;
        if (index > HpackStaticTable.Count)
        {
            table.Read(index - HpackStaticTable.Count - 1, out name, out value);
        }
        else
        {
            name = HpackStaticTable.Name(index);
            value = HpackStaticTable.Value(index);
        }
        return true;
    }

    // Section 5.2.
    private bool TryReadText(ref ReadOnlySpan<byte> block, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (block.IsEmpty)
            return false;
        var coded = block[0] >= 0x80;
        if (!HpackInteger.TryRead(ref block, 7, out var length) || length > block.Length)
            return false;
        var octets = block[..length];
        block = block[length..];
        if (!coded)
        {
            text = octets;
            return true;
        }
        var room = Room((length * 8 / 5) + 1);
        if (!HpackHuffman.TryDecode(octets, room, out var used))
            return false;
        scratchUsed += used;
        text = room[..used];
        return true;
    }

    private ReadOnlySpan<byte> Keep(ReadOnlySpan<byte> bytes)
    {
        var room = Room(bytes.Length);
        bytes.CopyTo(room);
        scratchUsed += bytes.Length;
        return room[..bytes.Length];
    }

    // A block has 64 KiB at most, so the scratch has 8/5 of that and one kept name at most; a span handed out before keeps the older array.
    private Span<byte> Room(int length)
    {
        if (scratch.Length - scratchUsed < length)
        {
            scratch = new byte[Math.Max(scratch.Length * 2, length)];
            scratchUsed = 0;
        }
        return scratch.AsSpan(scratchUsed);
    }
}
