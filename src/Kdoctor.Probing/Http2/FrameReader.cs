namespace Kdoctor.Probing.Http2;

/// <summary>Whoever takes frames.</summary>
internal interface IFrameHandler
{
    /// <summary>A whole frame; the payload dies with the call. What is wrong, or null.</summary>
    Http2Fault? OnFrame(in FrameHeader header, ReadOnlySpan<byte> payload);
}

/// <summary>Cuts bytes into frames, however they come. A frame within one piece is read in place; one that was cut is put together first.</summary>
/// <remarks>Keeps at most one frame: <see cref="MaxPayload"/> and its header.</remarks>
internal sealed class FrameReader
{
    /// <summary>The greatest payload that a peer may send unless told otherwise (RFC 9113 section 6.5.2), which this client does not.</summary>
    internal const int MaxPayload = 16_384;

    private byte[]? kept;
    private int keptLength;
    private int epoch;

    /// <summary>Forgets what was cut; also from within <see cref="Feed"/>, which then ends.</summary>
    internal void Reset()
    {
        keptLength = 0;
        epoch++;
    }

    /// <summary>Takes all bytes; what is wrong with them, or null.</summary>
    internal Http2Fault? Feed(ReadOnlySpan<byte> bytes, IFrameHandler handler)
    {
        var begun = epoch;
        while (!bytes.IsEmpty && begun == epoch)
        {
            ReadOnlySpan<byte> frame;
            if (keptLength > 0)
            {
                var missing = Missing(kept.AsSpan(0, keptLength), out var broken);
                if (broken is not null)
                    return broken;
                var part = Math.Min(missing, bytes.Length);
                Keep(bytes[..part]);
                bytes = bytes[part..];
                if (Missing(kept.AsSpan(0, keptLength), out broken) > 0 || broken is not null)
                {
                    if (broken is not null)
                        return broken;
                    continue;
                }
                frame = kept.AsSpan(0, keptLength);
                keptLength = 0;
            }
            else
            {
                var missing = Missing(bytes, out var broken);
                if (broken is not null)
                    return broken;
                if (missing > 0)
                {
                    Keep(bytes);
                    return null;
                }
                frame = bytes[..(FrameHeader.Bytes + FrameHeader.Read(bytes).Length)];
                bytes = bytes[frame.Length..];
            }
            if (handler.OnFrame(FrameHeader.Read(frame), frame[FrameHeader.Bytes..]) is { } fault)
                return fault;
        }
        return null;
    }

    // How many bytes are needed before anything more can be said of the frame that begins here; 0 or less when it is whole.
    private static int Missing(ReadOnlySpan<byte> bytes, out Http2Fault? broken)
    {
        broken = null;
        if (bytes.Length < FrameHeader.Bytes)
            return FrameHeader.Bytes - bytes.Length;
        var length = FrameHeader.Read(bytes).Length;
        if (length > MaxPayload)
            broken = new Http2Fault(Http2Error.FrameSizeError, $"a frame has {length} bytes; {MaxPayload} were allowed");
        return FrameHeader.Bytes + length - bytes.Length;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        kept ??= GC.AllocateUninitializedArray<byte>(FrameHeader.Bytes + MaxPayload);
        bytes.CopyTo(kept.AsSpan(keptLength));
        keptLength += bytes.Length;
    }
}
