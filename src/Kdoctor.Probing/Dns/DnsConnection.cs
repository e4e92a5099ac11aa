using System.Buffers.Binary;
using Kdoctor.Core.Results;
using Kdoctor.Probing.EventLoops;
using Kdoctor.Probing.Load;
using Kdoctor.Probing.Tls;

namespace Kdoctor.Probing.Dns;

/// <summary>
/// One TCP or TLS connection to a DNS server and the queries on it. (1) It connects, and shakes hands where TLS is asked for. (2) Queries are gathered,
/// each with its length before it, and leave together at the end of the loop's turn. (3) Answers come in whatever order and find their query by
/// id and question. (4) When the connection ends, so does every query on it, each with how far it had come.
/// </summary>
/// <remarks>Holds the octets of the queries that have not left, at most <see cref="MaxQueries"/> of them, and one answer in parts.</remarks>
internal sealed class DnsConnection : QueryCarrier, ILoopSocket
{
    /// <summary>The most queries under way on one connection; ids stay scarce enough that a fresh one is soon found.</summary>
    internal const int MaxQueries = 20_000;

    private const int GatheredBytes = 16 * 1024;

    // Reads in one turn of the loop, so that a server that never stops leaves the others their turn.
    private const int ReadsPerTurn = 4;

    private readonly StreamProbe probe;
    private readonly ClientStream stream = new();
    private readonly FrameReader frames = new();
    private readonly Dictionary<ushort, DnsAttempt> queries = [];
    private readonly LoopTimer flush;
    private byte[] outgoing = new byte[1024];
    private int outgoingStart;
    private int outgoingEnd;
    private long gathered;
    private long openedNs;
    private long connectedNs;
    private long securedNs;
    private bool retired;
    private Step step;

    internal DnsConnection(StreamProbe probe)
    {
        this.probe = probe;
        flush = new LoopTimer(Push, OnSurprise);
    }

    private enum Step
    {
        Closed,
        Connecting,
        Securing,
        Open,
    }

    internal bool TakesMore(long nowNs, long keepNs) => step != Step.Closed && !retired && nowNs - openedNs < keepNs;

    // 1. Connect.

    /// <summary>Opens it for a first query, which ends if that fails at once.</summary>
    internal void Open(DnsAttempt first, long nowNs)
    {
        (retired, openedNs, gathered, outgoingStart, outgoingEnd) = (false, nowNs, 0, 0, 0);
        connectedNs = securedNs = -1;
        frames.Reset();
        step = Step.Connecting;
        var answer = stream.Connect(probe.Address.Address!, probe.Source);
        if (answer < 0)
        {
            var failure = new Failure(FailureStage.Connect, SocketFailure.CauseOf(-answer));
            Close();
            first.Fail(failure, error: -answer);
            return;
        }
        StreamSocket.SendAtOnce(stream.Descriptor);
        probe.Loop.Watch(stream.Descriptor, this, Readiness.Stream);
        Send(first);
    }

    /// <summary>Takes no more queries, and closes once it has none.</summary>
    internal void Retire()
    {
        retired = true;
        CloseIfDone();
    }

    // 2. Gather and send.
    internal void Send(DnsAttempt query)
    {
        if (queries.Count >= MaxQueries)
        {
            query.Fail(new Failure(FailureStage.Send, FailureCause.LocalResource), $"{MaxQueries} queries wait on one connection already");
            return;
        }
        var id = probe.NextId();
        while (!queries.TryAdd(id, query))
            id = probe.NextId();
        var length = FrameReader.PrefixLength + probe.Template.Length;
        Reserve(length);
        var frame = outgoing.AsSpan(outgoingEnd, length);
        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)probe.Template.Length);
        probe.Template.Write(frame[FrameReader.PrefixLength..], id);
        outgoingEnd += length;
        query.Id = id;
        query.EndOffset = gathered += length;
        query.Carrier = this;
        if (step != Step.Open)
            return;
        if (outgoingEnd - outgoingStart >= GatheredBytes)
            Push();
        else if (!flush.Armed)
            probe.Loop.Arm(flush, probe.Loop.NowNs);
    }

    internal override void Mark(ref PhaseClock phases) => (phases.ConnectedNs, phases.SecuredNs) = (connectedNs, securedNs);

    internal override FailureStage StageOf(DnsAttempt query) => step switch
    {
        Step.Connecting => FailureStage.Connect,
        Step.Securing => FailureStage.Handshake,
        _ when query.EndOffset > gathered - (outgoingEnd - outgoingStart) => FailureStage.Send,
        _ => AnswerReader.BeginsWith(frames.Begun, query.Id) ? FailureStage.Body : FailureStage.FirstByte,
    };

    internal override void Forget(DnsAttempt query, bool answered)
    {
        queries.Remove(query.Id);
        CloseIfDone();
    }

    public void OnReady(Readiness ready)
    {
        if ((ready & (Readiness.Error | Readiness.HungUp)) == 0)
            OnConnected();
        if (step == Step.Securing && !Secure())
            return;
        Push();
        if (step == Step.Open && ((ready & ~Readiness.Writable) != 0 || stream.HasTls))
            Pull(ready);
    }

    public void OnSurprise()
    {
        FailAll(_ => new Failure(FailureStage.FirstByte, FailureCause.LocalResource), "the engine failed; the agent's log has the exception");
        Close();
    }

    internal void Close()
    {
        if (step == Step.Closed)
            return;
        probe.Loop.Disarm(flush);
        stream.Close(probe.Loop, politely: step == Step.Open);
        step = Step.Closed;
        probe.OnClosed(this);
    }

    private void OnConnected()
    {
        if (step != Step.Connecting)
            return;
        step = probe.Tls is null ? Step.Open : Step.Securing;
        connectedNs = probe.Loop.NowNs;
    }

    private bool Secure()
    {
        var answer = stream.Secure(probe.Tls!);
        if (answer > 0)
            (step, securedNs) = (Step.Open, probe.Loop.NowNs);
        else if (answer == 0)
            End(_ => new Failure(FailureStage.Handshake, FailureCause.Closed), "");
        else if (answer is not (-Errno.Again or -Errno.Interrupted))
            Break(answer);
        return answer > 0;
    }

    private void Push()
    {
        while (outgoingEnd > outgoingStart && step is Step.Connecting or Step.Open)
        {
            var answer = stream.Send(outgoing.AsSpan(outgoingStart, outgoingEnd - outgoingStart));
            if (answer is -Errno.Again or -Errno.Interrupted)
                return;
            if (answer < 0)
            {
                // Only what was open can be reset; the server's last answers may have come before.
                if (answer is -Errno.ConnectionReset or -Errno.BrokenPipe)
                {
                    OnConnected();
                    if (step == Step.Open)
                        Pull(Readiness.Error, answer);
                }
                if (step != Step.Closed)
                    Break(answer);
                return;
            }
            outgoingStart += answer;
        }
        if (outgoingStart == outgoingEnd)
            outgoingStart = outgoingEnd = 0;
    }

    // 3. Answers.
    private void Pull(Readiness ready, int sendError = 0)
    {
        for (var reads = 0; reads < ReadsPerTurn; reads++)
        {
            var buffer = probe.Loop.ReceiveBuffer;
            var count = stream.Receive(buffer);
            if (count is -Errno.Again or -Errno.Interrupted)
                return;
            if (count < 0)
            {
                Break(count);
                return;
            }
            if (count == 0)
            {
                // The kernel tells of a reset once, and the send has heard it.
                if (sendError == -Errno.ConnectionReset)
                    Break(sendError);
                else
                    OnPeerClosed();
                return;
            }
            Take(buffer.AsSpan(0, count));
            if (step != Step.Open)
                return;

            // A short read emptied the socket, but for an end or an error that was announced with it.
            if (count < buffer.Length && !stream.HasTls && (ready & (Readiness.Error | Readiness.HungUp | Readiness.PeerFinished)) == 0)
                return;
        }
        probe.Loop.Renew(stream.Descriptor);
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        var nowNs = probe.Loop.NowNs;
        while (step == Step.Open && frames.TryRead(ref bytes, out var message))
        {
            if (!AnswerReader.TryReadId(message, out var id))
                TakeUnreadable(message, id, nowNs);
            else if (!queries.TryGetValue(id, out var query) || !query.TryAnswer(message, nowNs))
                probe.CountStray();
        }
    }

    // Too short for a header, or a query: if it has the id of one of ours, that is the answer which will not come.
    private void TakeUnreadable(ReadOnlySpan<byte> message, ushort id, long nowNs)
    {
        if (message.Length >= sizeof(ushort) && queries.TryGetValue(id, out var query))
            query.TryAnswer(message, nowNs);
        else
            probe.CountStray();
    }

    // 4. The end.
    private void OnPeerClosed() => End(query => new Failure(StageOf(query), FailureCause.Closed), "");

    private void Break(int answer) => End(query => stream.FailureOf(answer, StageOf(query)), stream.Describe(answer));

    private void End(Func<DnsAttempt, Failure> why, string words)
    {
        FailAll(why, words);
        Close();
    }

    private void FailAll(Func<DnsAttempt, Failure> why, string words)
    {
        foreach (var (query, failure) in queries.Values.Select(query => (query, why(query))).ToList())
        {
            queries.Remove(query.Id);
            query.Carrier = null;
            query.Fail(failure, words);
        }
    }

    private void CloseIfDone()
    {
        if (retired && queries.Count == 0)
            Close();
    }

    private void Reserve(int length)
    {
        if (outgoing.Length - outgoingEnd >= length)
            return;
        var held = outgoing.AsSpan(outgoingStart, outgoingEnd - outgoingStart);
        if (outgoing.Length - held.Length < length)
        {
            var larger = new byte[outgoing.Length * 2];
            held.CopyTo(larger);
            outgoing = larger;
        }
        else
        {
            held.CopyTo(outgoing);
        }
        (outgoingStart, outgoingEnd) = (0, held.Length);
    }
}
