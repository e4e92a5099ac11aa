using System.Buffers.Binary;
using Kdoctor.Core.Results;

namespace Kdoctor.Probing.Http2;

// What each kind of frame does; in a file of its own for its length.
internal sealed partial class Http2Session
{
    public Http2Fault? OnFrame(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (!greeted && (header.Type != FrameType.Settings || header.Has(FrameFlags.Acknowledged) || header.StreamId != 0))
            return NotHttp2;
        if (block.StreamId != 0 && (header.Type != FrameType.Continuation || header.StreamId != block.StreamId))
            return Broken("a header block is interrupted by another frame");
        if (++idleFrames > MaxIdleFrames || Output.IsFlooded)
            return new Http2Fault(Http2Error.EnhanceYourCalm, "a flood of frames that move no request forward");
        return header.Type switch
        {
            FrameType.Data => OnData(header, payload),
            FrameType.Headers => OnHeaders(header, payload),
            FrameType.Continuation => OnContinuation(header, payload),
            FrameType.Priority => header.StreamId == 0 ? Broken("a PRIORITY frame without a stream") : null,
            FrameType.ResetStream => OnReset(header, payload),
            FrameType.Settings => OnSettings(header, payload),
            FrameType.PushPromise => Broken("the peer pushes, which was switched off"),
            FrameType.Ping => OnPing(header, payload),
            FrameType.GoAway => OnGoAway(header, payload),
            FrameType.WindowUpdate => OnWindowUpdate(header, payload),
            _ => null,
        };
    }

    // Section 6.1. Every byte counts against the connection's window, whoever still waits for it.
    private Http2Fault? OnData(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (IsIdle(header.StreamId))
            return Broken("DATA on a stream that was not opened");
        receiveWindow -= payload.Length;
        if (receiveWindow < 0)
            return new Http2Fault(Http2Error.FlowControlError, "the peer sends more than the connection's window");
        if (receiveWindow <= ConnectionWindow / 2)
        {
            Output.AppendNumber(FrameType.WindowUpdate, 0, (uint)(ConnectionWindow - receiveWindow));
            receiveWindow = ConnectionWindow;
        }
        var length = payload.Length;
        if (!TryUnpad(header, ref payload))
            return Broken("a frame has more padding than it is long");
        if (!open.TryGetValue(header.StreamId, out var exchange))
            return null;
        exchange.ReceiveWindow -= length;
        exchange.BodyBytes += payload.Length;
        if (!payload.IsEmpty)
            idleFrames = 0;
        if (exchange.ReceiveWindow < 0)
            Fail(exchange, "the peer sends more than the stream's window", Http2Error.FlowControlError);
        else if (exchange.Status == 0)
            Fail(exchange, "a body comes before the answer's status", Http2Error.ProtocolError);
        else if (exchange.BodyBytes > (exchange.IsBodiless ? 0 : exchange.Length ?? long.MaxValue))
            Fail(exchange, "the body is longer than the answer says", Http2Error.ProtocolError);
        else if (header.Has(FrameFlags.EndStream))
            Complete(exchange);
        else if (exchange.ReceiveWindow <= StreamWindow / 2)
            Widen(exchange);
        return null;
    }

    // Section 6.2.
    private Http2Fault? OnHeaders(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (IsIdle(header.StreamId))
            return Broken("HEADERS on a stream that was not opened");
        if (!TryUnpad(header, ref payload) || (header.Has(FrameFlags.Priority) && payload.Length < 5))
            return Broken("a HEADERS frame is shorter than its parts");
        if (header.Has(FrameFlags.Priority))
            payload = payload[5..];
        if (header.Has(FrameFlags.EndHeaders))
            return OnBlock(header.StreamId, payload, header.Has(FrameFlags.EndStream));
        block.Begin(header.StreamId, header.Has(FrameFlags.EndStream));
        return block.TryAdd(payload) ? null : TooLong;
    }

    private static Http2Fault TooLong => new(Http2Error.EnhanceYourCalm, "a header block is longer than 64 KiB");

    private Http2Fault? OnContinuation(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (block.StreamId == 0)
            return Broken("CONTINUATION continues nothing");
        if (!block.TryAdd(payload))
            return TooLong;
        if (!header.Has(FrameFlags.EndHeaders))
            return null;
        var (streamId, endsStream) = (block.StreamId, block.EndsStream);
        return OnBlock(streamId, block.Take(), endsStream);
    }

    // Section 8.1: interim answers, the answer, trailers.
    private Http2Fault? OnBlock(int streamId, ReadOnlySpan<byte> bytes, bool endsStream)
    {
        open.TryGetValue(streamId, out var exchange);
        var trailers = exchange is { Status: not 0 };
        if (exchange is null)
            fields.BeginIgnored();
        else
            fields.Begin(exchange.Evidence, trailers);
        if (decoder.Read(bytes, fields) is { } broken)
            return new Http2Fault(Http2Error.CompressionError, broken);
        if (exchange is null)
            return null;
        exchange.Owner.OnFirstByte();
        var problem = fields.Problem
            ?? (!trailers && fields.Status == 0 ? "the answer has no status" : null)
            ?? (!trailers && fields.Status < 200 && endsStream ? "an interim answer ends the stream" : null)
            ?? (trailers && !endsStream ? "a second answer comes on the stream" : null);
        if (problem is not null)
        {
            Fail(exchange, problem, Http2Error.ProtocolError);
            return null;
        }
        if (!trailers && fields.Status < 200)
            return null;
        idleFrames = 0;
        if (!trailers)
            (exchange.Status, exchange.Length) = (fields.Status, fields.Length);

        // A tunnel has no body: it is open, which was the question (RFC 9113 section 8.5).
        if (endsStream || (exchange.Request!.IsConnect && exchange.Status < 300))
            Complete(exchange);
        return null;
    }

    // Section 6.4.
    private Http2Fault? OnReset(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (payload.Length != 4 || IsIdle(header.StreamId))
            return Broken("a RST_STREAM frame of the wrong length, or on a stream that was not opened");
        if (!open.Remove(header.StreamId, out var exchange))
            return null;
        var code = BinaryPrimitives.ReadUInt32BigEndian(payload);
        var cause = (Http2Error)code switch
        {
            Http2Error.RefusedStream => FailureCause.Refused,
            Http2Error.Http11Required => FailureCause.WrongProtocol,
            _ => FailureCause.Reset,
        };
        exchange.Owner.OnFailed(cause, $"the peer reset the stream: {Http2ErrorWords.Of(code)}");
        return null;
    }

    // Section 6.5.
    private Http2Fault? OnSettings(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.StreamId != 0 || (header.Has(FrameFlags.Acknowledged) && !payload.IsEmpty))
            return Broken("a SETTINGS frame on a stream, or an acknowledgement with settings");
        if (header.Has(FrameFlags.Acknowledged))
            return null;
        var before = peer.Window;
        if (peer.Take(payload) is { } fault)
            return fault;
        greeted = true;

        // Section 6.9.2: a new initial window moves that of every open stream.
        foreach (var exchange in open.Values)
        {
            exchange.SendWindow += peer.Window - before;
            if (exchange.SendWindow > int.MaxValue)
                return new Http2Fault(Http2Error.FlowControlError, "SETTINGS move a stream's window beyond 2^31-1");
        }
        Output.AppendFrame(FrameType.Settings, FrameFlags.Acknowledged, 0, 0);
        PumpBodies();
        return null;
    }

    // Section 6.7.
    private Http2Fault? OnPing(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (payload.Length != 8 || header.StreamId != 0)
            return Broken("a PING frame of the wrong length, or on a stream");
        if (!header.Has(FrameFlags.Acknowledged))
            payload.CopyTo(Output.AppendFrame(FrameType.Ping, FrameFlags.Acknowledged, 0, 8));
        return null;
    }

    // Section 6.8: streams beyond the last one named were not processed. A peer that names an error as well does not leave in order.
    private Http2Fault? OnGoAway(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (payload.Length < 8 || header.StreamId != 0)
            return Broken("a GOAWAY frame of the wrong length, or on a stream");
        IsLeaving = true;
        var last = BinaryPrimitives.ReadInt32BigEndian(payload) & int.MaxValue;
        var code = BinaryPrimitives.ReadUInt32BigEndian(payload[4..]);
        var words = $"the peer ended the connection before it processed the request: GOAWAY {Http2ErrorWords.Of(code)}";
        foreach (var exchange in open.Values.Where(exchange => exchange.StreamId > last).ToArray())
        {
            if (!open.Remove(exchange.StreamId))
                continue;
            if ((Http2Error)code == Http2Error.NoError)
                exchange.Owner.OnUnprocessed(words);
            else
                exchange.Owner.OnFailed(FailureCause.Refused, words);
        }
        return null;
    }

    // Section 6.9.
    private Http2Fault? OnWindowUpdate(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (payload.Length != 4 || (header.StreamId != 0 && IsIdle(header.StreamId)))
            return Broken("a WINDOW_UPDATE frame of the wrong length, or on a stream that was not opened");
        var more = BinaryPrimitives.ReadInt32BigEndian(payload) & int.MaxValue;
        if (header.StreamId == 0)
        {
            sendWindow += more;
            if (more == 0 || sendWindow > int.MaxValue)
                return new Http2Fault(Http2Error.FlowControlError, "WINDOW_UPDATE by 0, or beyond 2^31-1");
        }
        else if (open.TryGetValue(header.StreamId, out var exchange))
        {
            exchange.SendWindow += more;
            if (more == 0 || exchange.SendWindow > int.MaxValue)
                Fail(exchange, "WINDOW_UPDATE by 0, or beyond 2^31-1", Http2Error.FlowControlError);
        }
        PumpBodies();
        return null;
    }

    private bool IsIdle(int streamId) => streamId >= nextId || (streamId & 1) == 0;

    private static Http2Fault Broken(string text) => new(Http2Error.ProtocolError, text);

    private static bool TryUnpad(in FrameHeader header, ref ReadOnlySpan<byte> payload)
    {
        if (!header.Has(FrameFlags.Padded))
            return true;
        if (payload.IsEmpty || payload[0] >= payload.Length)
            return false;
        payload = payload[1..^payload[0]];
        return true;
    }

    private void Widen(Http2Exchange exchange)
    {
        Output.AppendNumber(FrameType.WindowUpdate, exchange.StreamId, (uint)(StreamWindow - exchange.ReceiveWindow));
        exchange.ReceiveWindow = StreamWindow;
    }

    private void Complete(Http2Exchange exchange)
    {
        if (exchange.Length is { } length && length != exchange.BodyBytes && !exchange.IsBodiless && !exchange.Request!.IsConnect)
        {
            Fail(exchange, "the body is shorter than the answer says", Http2Error.ProtocolError);
            return;
        }

        // A request that is not all sent, or a tunnel, is of no use any more.
        if (exchange.HasBodyLeft || exchange.Request!.IsConnect)
            Output.AppendNumber(FrameType.ResetStream, exchange.StreamId, (uint)Http2Error.NoError);
        open.Remove(exchange.StreamId);
        exchange.Owner.OnComplete();
    }

    private void Fail(Http2Exchange exchange, string text, Http2Error code)
    {
        Cancel(exchange, code);
        exchange.Owner.OnFailed(FailureCause.BadAnswer, text);
    }
}
