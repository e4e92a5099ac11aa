using System.Buffers.Binary;

namespace Kdoctor.Probing.Dns;

/// <summary>
/// Cuts a byte stream into DNS messages: each has its length in two octets before it (RFC 1035 section 4.2.2, RFC 7766 section 8).
/// Messages that arrive whole are taken where they lie; only one that arrives in parts is copied.
/// </summary>
/// <remarks>Holds at most one message, 64 KiB, and no memory while none is in parts.</remarks>
internal sealed class FrameReader
{
    /// <summary>The octets before a message.</summary>
    internal const int PrefixLength = 2;

    private byte[] part = [];
    private int held;

    /// <summary>The begun message, as far as it came, without its length; empty when the stream stands between two messages.</summary>
    internal ReadOnlySpan<byte> Begun => part.AsSpan(0, held)[Math.Min(held, PrefixLength)..];

    /// <summary>Forgets what is held.</summary>
    internal void Reset() => held = 0;

    /// <summary>The next whole message in <paramref name="bytes"/>, which shrink by what was taken; false when they end before it does.</summary>
    internal bool TryRead(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> message)
    {
        message = default;
        if (held == 0 && Whole(bytes) is { } length)
        {
            message = bytes.Slice(PrefixLength, length);
            bytes = bytes[(PrefixLength + length)..];
            return true;
        }
        if (!Take(ref bytes, PrefixLength) || !Take(ref bytes, PrefixLength + BinaryPrimitives.ReadUInt16BigEndian(part)))
            return false;
        message = part.AsSpan(PrefixLength, held - PrefixLength);
        held = 0;
        return true;
    }

    private static int? Whole(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < PrefixLength)
            return null;
        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        return bytes.Length >= PrefixLength + length ? length : null;
    }

    // Fills the part up to a length; false when the bytes end before.
    private bool Take(ref ReadOnlySpan<byte> bytes, int length)
    {
        if (held >= length)
            return true;
        if (part.Length < length)
            Array.Resize(ref part, Math.Max(length, 512));
        var count = Math.Min(length - held, bytes.Length);
        bytes[..count].CopyTo(part.AsSpan(held));
        held += count;
        bytes = bytes[count..];
        return held == length;
    }
}
