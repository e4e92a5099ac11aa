using System.Buffers.Binary;

namespace Kdoctor.Probing.Http2;

/// <summary>Frames that wait to be sent, as bytes.</summary>
/// <remarks>Its writers hold back above <see cref="Plenty"/>; above <see cref="MaxBytes"/> the connection is given up (<see cref="IsFlooded"/>).</remarks>
internal sealed class OutBuffer
{
    /// <summary>With as much waiting, no more request bodies are put in.</summary>
    internal const int Plenty = 64 * 1024;

    /// <summary>More than all answers to control frames that a peer who reads can cause.</summary>
    internal const int MaxBytes = 1024 * 1024;

    private const int Usual = 2048;

    private byte[] bytes = new byte[Usual];
    private int start;
    private int end;

    /// <summary>All bytes put in since <see cref="Reset"/>.</summary>
    internal long Written { get; private set; }

    /// <summary>All bytes taken out since then.</summary>
    internal long Taken => Written - Length;

    internal int Length => end - start;

    internal bool IsFlooded => Length > MaxBytes;

    internal ReadOnlySpan<byte> Waiting => bytes.AsSpan(start, Length);

    internal void Reset()
    {
        start = end = 0;
        Written = 0;
        if (bytes.Length > Usual * 8)
            bytes = new byte[Usual];
    }

    internal void Take(int count)
    {
        start += count;
        if (start == end)
            start = end = 0;
    }

    /// <summary>Room for so many bytes, to be filled at once.</summary>
    internal Span<byte> Append(int count)
    {
        if (end + count > bytes.Length)
            MakeRoom(count);
        var room = bytes.AsSpan(end, count);
        end += count;
        Written += count;
        return room;
    }

    internal Span<byte> AppendFrame(FrameType type, FrameFlags flags, int streamId, int length)
    {
        var room = Append(FrameHeader.Bytes + length);
        new FrameHeader(length, type, flags, streamId).Write(room);
        return room[FrameHeader.Bytes..];
    }

    /// <summary>A frame whose payload is one number of 32 bits: RST_STREAM, WINDOW_UPDATE.</summary>
    internal void AppendNumber(FrameType type, int streamId, uint number) =>
        BinaryPrimitives.WriteUInt32BigEndian(AppendFrame(type, FrameFlags.None, streamId, 4), number);

    private void MakeRoom(int count)
    {
        var waiting = Length;
        var target = waiting + count > bytes.Length / 2 ? new byte[Math.Max(bytes.Length * 2, waiting + count)] : bytes;
        bytes.AsSpan(start, waiting).CopyTo(target);
        bytes = target;
        (start, end) = (0, waiting);
    }
}
