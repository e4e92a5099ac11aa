using System.Buffers.Binary;

namespace Kdoctor.Probing.Http2;

/// <summary>What the peer has said of itself in SETTINGS (RFC 9113 section 6.5.2).</summary>
internal sealed class PeerSettings
{
    internal const int InitialWindow = 65_535;

    /// <summary>Streams at once; unlimited until told otherwise.</summary>
    internal uint MaxStreams { get; private set; } = uint.MaxValue;

    /// <summary>What each new stream may send at first.</summary>
    internal int Window { get; private set; } = InitialWindow;

    /// <summary>Whether the peer's table for header fields is smaller than at first.</summary>
    internal bool SmallTable { get; private set; }

    internal void Reset()
    {
        MaxStreams = uint.MaxValue;
        Window = InitialWindow;
        SmallTable = false;
    }

    /// <summary>Takes a frame's payload; what is wrong with it, or null. Unknown settings are ignored.</summary>
    internal Http2Fault? Take(ReadOnlySpan<byte> payload)
    {
        if (payload.Length % 6 != 0)
            return new Http2Fault(Http2Error.FrameSizeError, "a SETTINGS frame is not whole settings");
        for (; !payload.IsEmpty; payload = payload[6..])
        {
            var value = BinaryPrimitives.ReadUInt32BigEndian(payload[2..]);
            switch (BinaryPrimitives.ReadUInt16BigEndian(payload))
            {
                case 1:
                    SmallTable |= value < HpackDynamicTable.MaxBytes;
                    break;
                case 2 when value != 0:
                    return new Http2Fault(Http2Error.ProtocolError, "the server's SETTINGS allow push, which is the client's to allow");
                case 3:
                    MaxStreams = value;
                    break;
                case 4 when value > int.MaxValue:
                    return new Http2Fault(Http2Error.FlowControlError, "SETTINGS give a window beyond 2^31-1");
                case 4:
                    Window = (int)value;
                    break;
                case 5 when value is < 16_384 or > 16_777_215:
                    return new Http2Fault(Http2Error.ProtocolError, "SETTINGS give a frame size outside 16,384 to 16,777,215");
                default:
                    break;
            }
        }
        return null;
    }
}
