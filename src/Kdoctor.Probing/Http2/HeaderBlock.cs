namespace Kdoctor.Probing.Http2;

/// <summary>A header block that comes in several frames (RFC 9113 section 6.10), put together.</summary>
/// <remarks>Bounded by <see cref="MaxBytes"/>; the buffer is let go after each block.</remarks>
internal sealed class HeaderBlock
{
    internal const int MaxBytes = 64 * 1024;

    private byte[] bytes = [];
    private int length;

    /// <summary>Whose block it is; 0 while none is open.</summary>
    internal int StreamId { get; private set; }

    /// <summary>Whether the block ends its stream.</summary>
    internal bool EndsStream { get; private set; }

    internal void Begin(int streamId, bool endsStream) => (StreamId, EndsStream, length) = (streamId, endsStream, 0);

    internal void Reset() => (StreamId, length, bytes) = (0, 0, []);

    /// <summary>Adds a fragment; false when the block is longer than it may be.</summary>
    internal bool TryAdd(ReadOnlySpan<byte> fragment)
    {
        if (length + fragment.Length > MaxBytes)
            return false;
        if (length + fragment.Length > bytes.Length)
            Array.Resize(ref bytes, Math.Min(MaxBytes, (length + fragment.Length) * 2));
        fragment.CopyTo(bytes.AsSpan(length));
        length += fragment.Length;
        return true;
    }

    /// <summary>The whole block, which is over with this.</summary>
    internal ReadOnlySpan<byte> Take()
    {
        var whole = bytes.AsSpan(0, length);
        Reset();
        return whole;
    }
}
