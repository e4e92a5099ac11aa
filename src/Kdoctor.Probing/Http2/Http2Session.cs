using System.Buffers.Binary;
using Kdoctor.Core.Results;

namespace Kdoctor.Probing.Http2;

/// <summary>
/// The client's side of one HTTP/2 connection (RFC 9113) without its socket: bytes received go in, bytes to send come out of <see cref="Output"/>.
/// (1) <see cref="Begin"/> says the preface. (2) <see cref="Open"/> puts a request on a new stream. (3) <see cref="Feed"/> takes frames and tells the
/// exchanges. What breaks the whole connection is returned as a fault; what breaks one stream fails that exchange alone.
/// </summary>
/// <remarks>
/// Bounds: one frame of 16 KiB and one header block of 64 KiB are kept at most; bodies are counted, not kept; control frames that move no request forward are
/// counted and end the connection at <see cref="MaxIdleFrames"/>.
/// </remarks>
internal sealed partial class Http2Session : IFrameHandler
{
    /// <summary>Frames in a row that move no request forward; more is a flood.</summary>
    internal const int MaxIdleFrames = 10_000;

    /// <summary>What a peer may send on one stream before it is told that more is taken; nothing is kept, so this bounds no memory.</summary>
    internal const int StreamWindow = 1 << 20;

    /// <summary>The same for the whole connection.</summary>
    internal const int ConnectionWindow = 1 << 24;

    /// <summary>The least that a server is recommended to take (section 6.5.2). More before its SETTINGS have come, and it would have to refuse what it never offered.</summary>
    internal const uint UsualStreams = 100;

    private const int LastStreamId = int.MaxValue - 2;

    private static readonly byte[] Preface = MakePreface();

    private readonly FrameReader frames = new();
    private readonly HpackDecoder decoder = new();
    private readonly HeaderBlock block = new();
    private readonly AnswerFields fields = new();
    private readonly PeerSettings peer = new();
    private readonly Dictionary<int, Http2Exchange> open = [];
    private readonly Queue<Http2Exchange> bodies = new();
    private long sendWindow;
    private int receiveWindow;
    private int nextId;
    private int idleFrames;
    private bool greeted;
    private uint assumedStreams;

    /// <summary>Bytes to send.</summary>
    internal OutBuffer Output { get; } = new();

    /// <summary>Requests under way.</summary>
    internal int Count => open.Count;

    /// <summary>Whether the peer will take no further request (GOAWAY), or there are no stream numbers left.</summary>
    internal bool IsLeaving { get; private set; }

    /// <summary>Whether a new request may be put on it now.</summary>
    internal bool HasRoom(int limit) => !IsLeaving && open.Count < limit && open.Count < MaxStreams;

    /// <summary>How many streams at once the peer takes, as far as that is known; assumed until its SETTINGS have come.</summary>
    internal uint MaxStreams => greeted ? peer.MaxStreams : assumedStreams;

    /// <summary>Forgets everything, also from within <see cref="Feed"/>, and says the preface of a new connection (section 3.4).</summary>
    /// <param name="maxStreams">How many streams at once to trust the peer with before it has said what it takes.</param>
    internal void Begin(uint maxStreams = UsualStreams)
    {
        Stop();
        decoder.Begin();
        peer.Reset();
        Output.Reset();
        assumedStreams = maxStreams;
        sendWindow = PeerSettings.InitialWindow;
        receiveWindow = ConnectionWindow;
        nextId = 1;
        idleFrames = 0;
        IsLeaving = greeted = false;
        Preface.CopyTo(Output.Append(Preface.Length));
    }

    /// <summary>Takes nothing more in, whoever is calling.</summary>
    internal void Stop()
    {
        frames.Reset();
        block.Reset();
        open.Clear();
        bodies.Clear();
    }

    /// <summary>Puts a request on a new stream.</summary>
    internal void Open(Http2Exchange exchange)
    {
        exchange.StreamId = nextId;
        exchange.SendWindow = peer.Window;
        exchange.ReceiveWindow = StreamWindow;
        IsLeaving |= nextId >= LastStreamId;
        nextId += 2;
        open.Add(exchange.StreamId, exchange);
        exchange.Request!.WriteTo(Output, exchange.StreamId, exchange.Nonce, peer.SmallTable);
        if (exchange.HasBodyLeft)
        {
            bodies.Enqueue(exchange);
            PumpBodies();
        }
        else
        {
            exchange.EndsAt = Output.Written;
        }
    }

    /// <summary>Gives a request up: the peer is told, and what still comes of it is ignored.</summary>
    internal void Cancel(Http2Exchange exchange, Http2Error code)
    {
        if (open.Remove(exchange.StreamId))
            Output.AppendNumber(FrameType.ResetStream, exchange.StreamId, (uint)code);
    }

    /// <summary>Tells the peer why the connection ends.</summary>
    internal void Leave(Http2Error code)
    {
        var payload = Output.AppendFrame(FrameType.GoAway, FrameFlags.None, 0, 8);
        BinaryPrimitives.WriteUInt32BigEndian(payload, 0);
        BinaryPrimitives.WriteUInt32BigEndian(payload[4..], (uint)code);
        IsLeaving = true;
    }

    /// <summary>Takes bytes as they came; what broke the connection, or null.</summary>
    internal Http2Fault? Feed(ReadOnlySpan<byte> bytes)
    {
        var fault = frames.Feed(bytes, this);
        return fault is not null && !greeted ? NotHttp2 : fault;
    }

    /// <summary>Puts as much of the waiting request bodies into frames as the peer and <see cref="OutBuffer.Plenty"/> allow, in turn.</summary>
    internal void PumpBodies()
    {
        for (var left = bodies.Count; left > 0 && sendWindow > 0 && Output.Length < OutBuffer.Plenty;)
        {
            var exchange = bodies.Dequeue();
            if (!open.TryGetValue(exchange.StreamId, out var still) || still != exchange)
            {
                left--;
                continue;
            }
            var length = (int)Math.Min(Math.Min(exchange.SendWindow, sendWindow), Math.Min(FrameReader.MaxPayload, exchange.Request!.Body.Length - exchange.BodySent));
            if (length <= 0)
            {
                // Waits for its own window; WINDOW_UPDATE brings it back to its turn.
                bodies.Enqueue(exchange);
                left--;
                continue;
            }
            SendBody(exchange, length);
            left = bodies.Count;
        }
    }

    private static Http2Fault NotHttp2 => new(Http2Error.ProtocolError, "the peer does not begin with SETTINGS: it does not speak HTTP/2", FailureCause.WrongProtocol);

    // Section 3.4: the magic, SETTINGS (no push, the stream window), and the connection's window, which only WINDOW_UPDATE can widen.
    private static byte[] MakePreface()
    {
        var output = new OutBuffer();
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.CopyTo(output.Append(24));
        var settings = output.AppendFrame(FrameType.Settings, FrameFlags.None, 0, 18);
        ReadOnlySpan<(ushort Name, uint Value)> values = [(2, 0), (4, StreamWindow), (6, HpackDecoder.MaxListBytes)];
        for (var index = 0; index < values.Length; index++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(settings[(index * 6)..], values[index].Name);
            BinaryPrimitives.WriteUInt32BigEndian(settings[((index * 6) + 2)..], values[index].Value);
        }
        output.AppendNumber(FrameType.WindowUpdate, 0, ConnectionWindow - PeerSettings.InitialWindow);
        return output.Waiting.ToArray();
    }

    private void SendBody(Http2Exchange exchange, int length)
    {
        var body = exchange.Request!.Body.Span.Slice(exchange.BodySent, length);
        exchange.BodySent += length;
        exchange.SendWindow -= length;
        sendWindow -= length;
        idleFrames = 0;
        var last = !exchange.HasBodyLeft;
        body.CopyTo(Output.AppendFrame(FrameType.Data, last ? FrameFlags.EndStream : FrameFlags.None, exchange.StreamId, length));
        if (last)
            exchange.EndsAt = Output.Written;
        else
            bodies.Enqueue(exchange);
    }
}
