using System.Buffers.Binary;
using System.Net.Sockets;
using Kdoctor.Probing.Http2;

namespace Kdoctor.Agent.Apps.Http2;

/// <summary>What frames do to the streams; under the gate throughout.</summary>
internal sealed partial class ServedConnection
{
    private readonly HpackDecoder decoder = new();
    private readonly HeaderBlock block = new();
    private readonly Dictionary<int, ServedStream> streams = [];
    private long window = PeerSettings.InitialWindow;
    private long firstWindow = PeerSettings.InitialWindow;
    private int lastStream;

    public Http2Fault? OnFrame(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (block.StreamId != 0 && (header.Type != FrameType.Continuation || header.StreamId != block.StreamId))
            return Wrong("a header block is not continued");
        switch (header.Type)
        {
            case FrameType.Headers:
                return OnHeaders(header, payload);
            case FrameType.Continuation:
                return block.StreamId == 0 ? Wrong("a CONTINUATION continues nothing") : Add(header, payload);
            case FrameType.Data:
                return OnData(header, payload);
            case FrameType.Settings:
                return header.Has(FrameFlags.Acknowledged) ? null : OnSettings(payload);
            case FrameType.Ping:
                if (payload.Length != 8)
                    return new Http2Fault(Http2Error.FrameSizeError, "a PING has not eight octets");
                if (!header.Has(FrameFlags.Acknowledged))
                    payload.CopyTo(output.AppendFrame(FrameType.Ping, FrameFlags.Acknowledged, 0, 8));
                return null;
            case FrameType.WindowUpdate:
                return OnWindow(header.StreamId, payload);
            case FrameType.ResetStream:
                streams.Remove(header.StreamId);
                return null;
            default:
                return null;
        }
    }

    // 2. A request's fields.
    private Http2Fault? OnHeaders(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.StreamId % 2 == 0 || (header.StreamId <= lastStream && !streams.ContainsKey(header.StreamId)))
            return Wrong("a request has a stream that it may not have");
        if (!TryStrip(header, ref payload) || (header.Has(FrameFlags.Priority) && payload.Length < 5))
            return Wrong("a HEADERS frame has more padding than payload");
        if (header.Has(FrameFlags.Priority))
            payload = payload[5..];
        lastStream = Math.Max(lastStream, header.StreamId);
        block.Begin(header.StreamId, header.Has(FrameFlags.EndStream));
        return Add(header, payload);
    }

    private Http2Fault? Add(in FrameHeader header, ReadOnlySpan<byte> fragment)
    {
        if (!block.TryAdd(fragment))
            return new Http2Fault(Http2Error.EnhanceYourCalm, "a request's fields are too long");
        if (!header.Has(FrameFlags.EndHeaders))
            return null;
        var (id, ends) = (block.StreamId, block.EndsStream);
        var isNew = !streams.TryGetValue(id, out var stream);
        stream ??= new ServedStream(firstWindow);

        // Trailers, and a request beyond the bound, are read for the table's sake.
        if (decoder.Read(block.Take(), isNew ? stream.Request : new ServedRequest()) is { } problem)
            return new Http2Fault(Http2Error.CompressionError, problem);
        if (isNew && (streams.Count >= MaxStreams || !stream.Request.Fits))
        {
            output.AppendNumber(FrameType.ResetStream, id, (uint)(stream.Request.Fits ? Http2Error.RefusedStream : Http2Error.ProtocolError));
            return null;
        }
        streams[id] = stream;
        if (ends)
            Ask(id, stream);
        return null;
    }

    // A request's body; what was taken may be sent again at once (section 6.9).
    private Http2Fault? OnData(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.StreamId == 0 || header.StreamId > lastStream)
            return Wrong("DATA comes before its request");
        if (payload.Length > 0)
            output.AppendNumber(FrameType.WindowUpdate, 0, (uint)payload.Length);
        var whole = payload.Length;
        if (!TryStrip(header, ref payload))
            return Wrong("a DATA frame has more padding than payload");
        if (!streams.TryGetValue(header.StreamId, out var stream) || stream.Whole)
            return null;
        if (!stream.Request.TryAdd(payload))
        {
            streams.Remove(header.StreamId);
            output.AppendNumber(FrameType.ResetStream, header.StreamId, (uint)Http2Error.Cancel);
        }
        else if (header.Has(FrameFlags.EndStream))
        {
            Ask(header.StreamId, stream);
        }
        else if (whole > 0)
        {
            output.AppendNumber(FrameType.WindowUpdate, header.StreamId, (uint)whole);
        }
        return null;
    }

    private Http2Fault? OnSettings(ReadOnlySpan<byte> payload)
    {
        if (payload.Length % 6 != 0)
            return new Http2Fault(Http2Error.FrameSizeError, "a SETTINGS frame is not whole settings");
        for (; !payload.IsEmpty; payload = payload[6..])
        {
            // 4: the window of each stream, of those that there are too (section 6.9.2). What the others allow is not used.
            var value = BinaryPrimitives.ReadUInt32BigEndian(payload[2..]);
            if (BinaryPrimitives.ReadUInt16BigEndian(payload) != 4)
                continue;
            if (value > int.MaxValue)
                return new Http2Fault(Http2Error.FlowControlError, "SETTINGS give a window beyond 2^31-1");
            foreach (var stream in streams.Values)
                stream.Window += value - firstWindow;
            firstWindow = value;
        }
        output.AppendFrame(FrameType.Settings, FrameFlags.Acknowledged, 0, 0);
        Send();
        return null;
    }

    private Http2Fault? OnWindow(int streamId, ReadOnlySpan<byte> payload)
    {
        var more = payload.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(payload) & int.MaxValue : 0;
        if (more == 0)
            return Wrong("a WINDOW_UPDATE gives nothing");
        if (streamId == 0)
            window += more;
        else if (streams.TryGetValue(streamId, out var stream))
            stream.Window += more;
        if (window > int.MaxValue)
            return new Http2Fault(Http2Error.FlowControlError, "the client's window is beyond 2^31-1");
        Send();
        return null;
    }

    // 3. Answers.
    private void Ask(int id, ServedStream stream)
    {
        stream.Whole = true;
        stream.Asking = Task.Run(() => AnswerAsync(id, stream), life);
    }

    private async Task AnswerAsync(int id, ServedStream stream)
    {
        ServedAnswer? answer = null;
        try
        {
            answer = await ask(stream.Request, life).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is IOException or SocketException)
        {
            // The echo is stopping; the client is told that it was not its fault.
        }
        lock (gate)
        {
            if (!streams.ContainsKey(id))
                return;
            if (answer is null)
            {
                streams.Remove(id);
                output.AppendNumber(FrameType.ResetStream, id, (uint)Http2Error.InternalError);
            }
            else
            {
                var ends = answer.Body.IsEmpty ? FrameFlags.EndStream : FrameFlags.None;
                answer.Block.CopyTo(output.AppendFrame(FrameType.Headers, FrameFlags.EndHeaders | ends, id, answer.Block.Length));
                stream.Left = answer.Body;
                Send();
            }
            changed.Writer.TryWrite(true);
        }
    }

    private void Send()
    {
        foreach (var (id, stream) in streams)
        {
            while (stream.Left is { IsEmpty: false } left && Math.Min(window, stream.Window) is > 0 and var room)
            {
                var part = left[..(int)Math.Min(Math.Min(left.Length, MaxData), room)];
                stream.Left = left[part.Length..];
                part.Span.CopyTo(output.AppendFrame(FrameType.Data, part.Length == left.Length ? FrameFlags.EndStream : FrameFlags.None, id, part.Length));
                (window, stream.Window) = (window - part.Length, stream.Window - part.Length);
            }
            if (stream.Left is { IsEmpty: true })
                streams.Remove(id);
        }
    }

    // Sections 6.1 and 6.2: the first octet says how many at the end say nothing.
    private static bool TryStrip(in FrameHeader header, ref ReadOnlySpan<byte> payload)
    {
        if (!header.Has(FrameFlags.Padded))
            return true;
        if (payload.IsEmpty || payload[0] >= payload.Length)
            return false;
        payload = payload[1..^payload[0]];
        return true;
    }

    private static Http2Fault Wrong(string text) => new(Http2Error.ProtocolError, text);
}
