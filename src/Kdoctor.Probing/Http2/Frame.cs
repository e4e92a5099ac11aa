using System.Buffers.Binary;

namespace Kdoctor.Probing.Http2;

/// <summary>Kinds of frame (RFC 9113 section 6); others are ignored (section 4.1).</summary>
internal enum FrameType : byte
{
    Data = 0,
    Headers = 1,
    Priority = 2,
    ResetStream = 3,
    Settings = 4,
    PushPromise = 5,
    Ping = 6,
    GoAway = 7,
    WindowUpdate = 8,
    Continuation = 9,
}

/// <summary>A frame's flags; what a bit means depends on the kind.</summary>
[Flags]
internal enum FrameFlags : byte
{
    None = 0,

    /// <summary>DATA, HEADERS: the peer sends no more on the stream.</summary>
    EndStream = 1,

#pragma warning disable CA1069 // One bit, two meanings: the kind of the frame decides (sections 6.5 and 6.7).
    /// <summary>SETTINGS, PING: an answer.</summary>
    Acknowledged = 1,
#pragma warning restore CA1069

    EndHeaders = 4,
    Padded = 8,
    Priority = 0x20,
}

/// <summary>A frame's first nine octets (RFC 9113 section 4.1).</summary>
/// <param name="Length">Octets of payload that follow.</param>
/// <param name="Type">The kind.</param>
/// <param name="Flags">The flags.</param>
/// <param name="StreamId">The stream; 0 for the connection.</param>
internal readonly record struct FrameHeader(int Length, FrameType Type, FrameFlags Flags, int StreamId)
{
    internal const int Bytes = 9;

    internal bool Has(FrameFlags flag) => (Flags & flag) != 0;

    internal static FrameHeader Read(ReadOnlySpan<byte> bytes) => new(
        (bytes[0] << 16) | (bytes[1] << 8) | bytes[2],
        (FrameType)bytes[3],
        (FrameFlags)bytes[4],
        BinaryPrimitives.ReadInt32BigEndian(bytes[5..]) & int.MaxValue);

    internal void Write(Span<byte> bytes)
    {
        bytes[0] = (byte)(Length >> 16);
        bytes[1] = (byte)(Length >> 8);
        bytes[2] = (byte)Length;
        bytes[3] = (byte)Type;
        bytes[4] = (byte)Flags;
        BinaryPrimitives.WriteInt32BigEndian(bytes[5..], StreamId);
    }
}
