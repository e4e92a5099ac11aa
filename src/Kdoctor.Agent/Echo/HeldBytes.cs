using System.Buffers;

namespace Kdoctor.Agent.Echo;

/// <summary>Bytes that a connection must hold between two turns of the loop, in a pooled buffer that exists only while there are any.</summary>
internal sealed class HeldBytes(EchoCore core)
{
    private const int LeastRoom = 4096;
    private byte[]? buffer;
    private int start;

    internal int Count { get; private set; }

    internal Span<byte> Bytes => buffer.AsSpan(start, Count);

    /// <summary>Adds bytes at the end.</summary>
    internal void Keep(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        bytes.CopyTo(Room(bytes.Length));
        Grew(bytes.Length);
    }

    /// <summary>Free space behind the bytes, to receive into.</summary>
    internal Span<byte> Room(int atLeast = LeastRoom)
    {
        if (buffer is null || buffer.Length - start - Count < atLeast)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(LeastRoom, (Count + atLeast) * 2));
            Bytes.CopyTo(larger);
            Account(larger.Length - (buffer?.Length ?? 0));
            if (buffer is not null)
                ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
            start = 0;
        }
        return buffer.AsSpan(start + Count);
    }

    /// <summary>So many bytes were written into the room.</summary>
    internal void Grew(int count) => Count += count;

    /// <summary>Forgets bytes at the begin.</summary>
    internal void Drop(int count)
    {
        if (count >= Count)
        {
            Clear();
            return;
        }
        start += count;
        Count -= count;
    }

    internal void Clear()
    {
        if (buffer is not null)
        {
            Account(-buffer.Length);
            ArrayPool<byte>.Shared.Return(buffer);
        }
        buffer = null;
        start = Count = 0;
    }

    private void Account(int bytes) => core.HeldBytes += bytes;
}
