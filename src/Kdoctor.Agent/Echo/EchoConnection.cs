using Kdoctor.Probing.EventLoops;

namespace Kdoctor.Agent.Echo;

/// <summary>
/// One client's connection. In turn: (1) bytes are received, into the loop's buffer as long as nothing is kept from before; (2) a head and
/// (3) a body are read from them, or refused; (4) the answer waits for its delay; (5) it is sent; then the next request, which may have
/// come along with this one, has its turn. While (4) or (5) wait, nothing is read: a client that pipelines is slowed by its own socket.
/// </summary>
/// <remarks>
/// An answered connection is closed in one go with the answer. After a refusal, whose request may still be on its way, only the sending
/// side is closed and the rest discarded for a moment: a reset could overtake the answer (RFC 9112 section 9.6).
/// </remarks>
internal sealed class EchoConnection : ILoopSocket
{
    /// <summary>A longer head is refused with 431.</summary>
    internal const int MaxHeadBytes = 16 * 1024;

    private const int MaxFramingBytes = 64 * 1024;
    private const int ReadsPerTurn = 8;
    private const long LingerNs = 1_000_000_000;

    private readonly EchoCore core;
    private readonly LoopTimer timer;
    private readonly byte[] peer = new byte[KernelAddress.MaxLength];
    private readonly HeldBytes input;
    private readonly HeldBytes output;
    private int descriptor = -1;
    private bool http2;
    private bool watched;
    private bool sendsAtOnce;
    private int answered;
    private Phase phase;
    private RequestBody body;
    private int headEnd;
    private long receivedNs;
    private bool closesAfterSend;

    internal EchoConnection(EchoCore core)
    {
        this.core = core;
        timer = new LoopTimer(OnTimer, Close);
        input = new HeldBytes(core);
        output = new HeldBytes(core);
    }

    private enum Phase
    {
        Head,
        Body,
        Delay,
        Send,
        Linger,
    }

    internal void Begin(int accepted, ReadOnlySpan<byte> peerAddress, bool overHttp2)
    {
        (descriptor, http2) = (accepted, overHttp2);
        peerAddress.CopyTo(peer);
        watched = sendsAtOnce = closesAfterSend = false;
        answered = 0;
        phase = Phase.Head;
        try
        {
            // The request has often come with the connection; then the loop need not be asked at all.
            Receive();
            if (descriptor >= 0)
                Watch();
        }
        catch
        {
            Close();
            throw;
        }
    }

    public void OnReady(Readiness ready)
    {
        if ((ready & (Readiness.Error | Readiness.HungUp)) != 0)
            Close();
        else if (phase == Phase.Send)
            Flush();
        else if (phase != Phase.Delay)
            Receive();
    }

    public void OnSurprise() => Close();

    internal void Close()
    {
        if (descriptor < 0)
            return;
        core.Loop.Disarm(timer);
        input.Clear();
        output.Clear();
        if (watched)
            core.Loop.Close(descriptor);
        else
            StreamSocket.Close(descriptor);
        descriptor = -1;
        core.Forget(this);
    }

    private void Watch()
    {
        if (watched)
            return;
        watched = true;
        core.Loop.Watch(descriptor, this, Readiness.Stream);
        if (answered > 0 && phase == Phase.Head && input.Count == 0)
            ArmForIdle();
        else if (!timer.Armed)
            ArmForRequest();
    }

    // 1. Receive.
    private void Receive()
    {
        for (var reads = 0; reads < ReadsPerTurn; reads++)
        {
            var target = input.Count == 0 || phase == Phase.Linger ? core.Loop.ReceiveBuffer : input.Room();
            var count = StreamSocket.Receive(descriptor, target);
            if (count is -Errno.Again or -Errno.Interrupted)
                return;
            if (count <= 0)
            {
                Close();
                return;
            }
            if (phase == Phase.Linger)
                continue;
            var kept = input.Count;
            if (kept > 0)
                input.Grew(count);
            var used = Process(kept > 0 ? input.Bytes : target[..count]);
            if (descriptor < 0)
                return;
            if (kept > 0)
                input.Drop(used);
            else
                input.Keep(target[used..count]);
            if (phase is Phase.Delay or Phase.Send)
                return;

            // Half a request has a deadline from its begin on, which later bytes do not move.
            if (phase is Phase.Head or Phase.Body && input.Count > 0 && (kept == 0 || used > 0))
                ArmForRequest();
        }

        // Others have their turn; what is left is reported once more. A lingering client that still sends is cut off.
        if (phase == Phase.Linger)
            Close();
        else if (watched)
            core.Loop.Renew(descriptor);
    }

    // Reads requests until one is incomplete or its answer waits; answers how many bytes are done with.
    private int Process(Span<byte> bytes)
    {
        var start = 0;
        while (descriptor >= 0)
        {
            var rest = bytes[start..];
            if (phase == Phase.Head && !TryReadHead(rest, ref start))
                return descriptor < 0 || phase == Phase.Linger ? bytes.Length : start;
            rest = bytes[start..];
            if (phase == Phase.Body && !TryReadBody(rest))
                return descriptor < 0 || phase is Phase.Linger or Phase.Send ? bytes.Length : start;
            if (phase == Phase.Delay)
                return start;
            var next = start + body.Next;
            Answer(rest);
            start = next;
            if (phase != Phase.Head)
                return descriptor < 0 || closesAfterSend ? bytes.Length : start;
        }
        return bytes.Length;
    }

    // 2. The head.
    private bool TryReadHead(Span<byte> rest, ref int start)
    {
        // An empty line before the request is skipped (RFC 9112 section 2.2).
        while (rest.StartsWith("\r\n"u8))
        {
            rest = rest[2..];
            start += 2;
        }
        if (rest.IsEmpty)
            return false;
        if (rest[0] is <= (byte)' ' or >= 0x7F && rest[0] != '\r')
            return Refuse(400);
        var length = rest[..Math.Min(rest.Length, MaxHeadBytes)].IndexOf("\r\n\r\n"u8);
        if (length < 0)
            return rest.Length >= MaxHeadBytes && Refuse(431);
        if (core.Head.Parse(rest[..length]) is var status && status != 0)
            return Refuse(status);
        if (core.Options.StatusOf is { } statusOf && statusOf(PathOf(rest[core.Head.Target])) is var answer and not 200)
            return Refuse(answer);
        if (core.Head.Length > core.Options.MaxBodyBytes)
            return Refuse(413);
        if (core.HeldBytes > core.Options.MaxHeldBytes)
            return Refuse(503);
        headEnd = length + 4;
        body = RequestBody.After(headEnd, core.Head.Length, core.Head.Chunked);
        phase = Phase.Body;
        if (core.Head.ExpectsContinue && rest.Length == headEnd && (core.Head.Chunked || core.Head.Length > 0))
            _ = StreamSocket.Send(descriptor, "HTTP/1.1 100 Continue\r\n\r\n"u8);
        return true;
    }

    // 3. The body.
    private bool TryReadBody(Span<byte> rest)
    {
        var status = body.Read(rest, core.Options.MaxBodyBytes);

        // What chunks cost beside their data has a bound too.
        if (status is null && rest.Length > headEnd + (2 * core.Options.MaxBodyBytes) + MaxFramingBytes)
            status = 413;
        if (status is null && core.HeldBytes > core.Options.MaxHeldBytes)
            status = 503;
        if (status is null)
            return false;
        if (status != 0)
            return Refuse(status.Value);

        // 4. The delay.
        receivedNs = core.Loop.NowNs;
        core.Head.Parse(rest[..(headEnd - 4)]);
        var delay = QueryParameters.Delay(QueryParameters.QueryOf(rest[core.Head.Target]), core.Options.MaxDelay);
        if (delay <= TimeSpan.Zero)
            return true;
        phase = Phase.Delay;
        core.Loop.Arm(timer, receivedNs + (delay.Ticks * 100));
        return true;
    }

    // 5. The answer.
    private void Answer(Span<byte> request)
    {
        var head = core.Head;
        head.Parse(request[..(headEnd - 4)]);
        if (core.Options.TextOf?.Invoke(PathOf(request[head.Target])) is { } text)
        {
            core.CountRequest();
            answered++;
            Send(core.Answer.WriteText(head, text), closes: !head.KeepsConnection);
            return;
        }
        var query = QueryParameters.QueryOf(request[head.Target]);
        var task = query.IsEmpty ? null : QueryParameters.Find(query, "task"u8);
        var (number, count) = (core.CountRequest(), string.IsNullOrEmpty(task) ? 0 : core.Tasks.Count(task));
        var content = request.Slice(body.Start, body.Length);
        var answer = core.Answer.Write(head, request, content, new EchoContext
        {
            Peer = peer,
            Status = core.Options.Rehearses ? QueryParameters.Status(query, count > 0 ? count : number) : QueryParameters.Good,
            Task = task,
            TaskCount = count,
            Record = count > 0 ? core.Records?.Keep(task!, content, http2) : null,
            ServiceTimeNs = core.Loop.NowNs - receivedNs,
            KeepsConnection = head.KeepsConnection,
        });
        answered++;
        Send(answer, closes: !head.KeepsConnection);
    }

    private static string PathOf(ReadOnlySpan<byte> target)
    {
        var end = target.IndexOf((byte)'?');
        return System.Text.Encoding.Latin1.GetString(end < 0 ? target : target[..end]);
    }

    private bool Refuse(int status)
    {
        core.CountRefusal();
        phase = Phase.Linger;
        input.Clear();
        if (StreamSocket.Send(descriptor, core.Answer.WriteRefusal(status)) < 0)
        {
            Close();
            return false;
        }
        StreamSocket.FinishSending(descriptor);
        core.Loop.Arm(timer, core.Loop.NowNs + LingerNs);
        return false;
    }

    private void Send(ReadOnlySpan<byte> answer, bool closes)
    {
        if (!closes && !sendsAtOnce)
        {
            sendsAtOnce = true;
            StreamSocket.SendAtOnce(descriptor);
        }

        // With MSG_MORE the close that follows rides on the answer's last segment.
        var sent = StreamSocket.Send(descriptor, answer, moreFollows: closes);
        if (sent < 0 && sent != -Errno.Again)
        {
            Close();
            return;
        }
        closesAfterSend = closes;
        if (sent == answer.Length)
        {
            Sent();
            return;
        }
        output.Keep(answer[Math.Max(sent, 0)..]);
        phase = Phase.Send;
        ArmForRequest();
    }

    private void Flush()
    {
        while (output.Count > 0)
        {
            var sent = StreamSocket.Send(descriptor, output.Bytes, moreFollows: closesAfterSend);
            if (sent == -Errno.Again)
                return;
            if (sent < 0)
            {
                Close();
                return;
            }
            output.Drop(sent);
        }
        Sent();
        if (descriptor >= 0)
            Continue();
    }

    private void Sent()
    {
        if (closesAfterSend)
        {
            Close();
            return;
        }
        phase = Phase.Head;
        if (watched)
            ArmForIdle();
    }

    // After a wait: the requests that are here already, then the socket.
    private void Continue()
    {
        if (input.Count > 0)
        {
            var used = Process(input.Bytes);
            if (descriptor < 0)
                return;
            input.Drop(used);
        }
        if (phase is not (Phase.Delay or Phase.Send))
            Receive();
    }

    private void OnTimer()
    {
        if (phase != Phase.Delay)
        {
            // A request that does not end in time, an answer that is not taken, a client that says nothing.
            if (phase is Phase.Head or Phase.Body && input.Count > 0)
                Refuse(408);
            else
                Close();
            return;
        }
        var request = input.Bytes;
        var next = body.Next;
        phase = Phase.Head;
        Answer(request);
        if (descriptor < 0)
            return;
        input.Drop(next);
        if (phase == Phase.Head)
            Continue();
    }

    private void ArmForIdle() => core.Loop.Arm(timer, core.Loop.NowNs + (core.Options.IdleTimeout.Ticks * 100));

    private void ArmForRequest() => core.Loop.Arm(timer, core.Loop.NowNs + (core.Options.RequestTimeout.Ticks * 100));
}
