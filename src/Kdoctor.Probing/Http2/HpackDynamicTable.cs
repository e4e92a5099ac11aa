namespace Kdoctor.Probing.Http2;

/// <summary>
/// The dynamic table of a decoder (RFC 7541 sections 2.3.2 and 4): what was added last has index 62. Names and values lie one after the other in one
/// array, which is moved to its front when its end is reached; nothing is allocated per entry.
/// </summary>
/// <remarks>Holds at most <see cref="MaxBytes"/> by the standard's own count, which adds 32 per entry; what does not fit pushes out the oldest.</remarks>
internal sealed class HpackDynamicTable
{
    /// <summary>The size that a peer may use unless told otherwise (RFC 9113 section 6.5.2), which this client does not.</summary>
    internal const int MaxBytes = 4096;

    private const int EntryCost = 32;
    private const int MaxEntries = MaxBytes / EntryCost;

    private readonly (ushort Start, ushort NameLength, ushort ValueLength)[] entries = new (ushort, ushort, ushort)[MaxEntries];
    private byte[] text = [];
    private int textEnd;
    private int oldest;
    private int size;
    private int limit = MaxBytes;

    internal int Count { get; private set; }

    internal void Clear()
    {
        Count = textEnd = oldest = size = 0;
        limit = MaxBytes;
    }

    /// <summary>Sets the size that the peer says it uses; false when that is more than it may.</summary>
    internal bool Resize(int bytes)
    {
        if (bytes > MaxBytes)
            return false;
        limit = bytes;
        Evict(0);
        return true;
    }

    /// <summary>One entry, 0 the newest; it lives until the next <see cref="Add"/>.</summary>
    internal void Read(int age, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var (start, nameLength, valueLength) = entries[(oldest + Count - 1 - age) % MaxEntries];
        name = text.AsSpan(start, nameLength);
        value = text.AsSpan(start + nameLength, valueLength);
    }

    /// <summary>Adds an entry; one that is larger than the table empties it (section 4.4). The spans must not lie in the table itself.</summary>
    internal void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var cost = name.Length + value.Length + EntryCost;
        Evict(cost);
        if (cost > limit)
            return;
        var length = name.Length + value.Length;
        if (text.Length == 0)
            text = GC.AllocateUninitializedArray<byte>(MaxBytes * 2);
        if (textEnd + length > text.Length)
            MoveToFront();
        name.CopyTo(text.AsSpan(textEnd));
        value.CopyTo(text.AsSpan(textEnd + name.Length));
        entries[(oldest + Count) % MaxEntries] = ((ushort)textEnd, (ushort)name.Length, (ushort)value.Length);
        Count++;
        textEnd += length;
        size += cost;
    }

    private void Evict(int room)
    {
        while (Count > 0 && size + room > limit)
        {
            var (_, nameLength, valueLength) = entries[oldest];
            size -= nameLength + valueLength + EntryCost;
            oldest = (oldest + 1) % MaxEntries;
            Count--;
        }
    }

    private void MoveToFront()
    {
        var start = Count == 0 ? textEnd : entries[oldest].Start;
        text.AsSpan(start, textEnd - start).CopyTo(text);
        textEnd -= start;
        for (var place = 0; place < Count; place++)
            entries[(oldest + place) % MaxEntries].Start -= (ushort)start;
    }
}
