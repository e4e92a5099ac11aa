using Kdoctor.Core.Results;
using Kdoctor.Probing.EventLoops;
using Kdoctor.Probing.Http;
using Kdoctor.Probing.Load;
using Kdoctor.Probing.Tls;

namespace Kdoctor.Probing.Http2;

/// <summary>
/// One HTTP/2 connection: a session on a socket. (1) Connect and shake hands; requests wait in the session's output meanwhile. (2) Move bytes out,
/// all that came together in one turn of the loop in one write. (3) Move bytes in. (4) When nothing is under way and it is not kept, say so
/// (GOAWAY) and let the peer close, for the reasons that <see cref="HttpConnection"/> gives; (5) close.
/// </summary>
internal sealed class Http2Connection : ILoopSocket, IAddressWaiter
{
    private const int ReadsPerTurn = 8;

    private readonly Http2Probe probe;
    private readonly Http2Session session = new();
    private readonly ClientStream stream = new();
    private readonly LoopTimer flushTimer;
    private readonly LoopTimer closeTimer;
    private readonly List<Http2Attempt> attempts = [];
    private PhaseClock phases;
    private long heardNs;
    private bool leftBehind;
    private bool closed = true;

    internal Http2Connection(Http2Probe probe)
    {
        this.probe = probe;
        flushTimer = new LoopTimer(Push, OnSurprise);
        closeTimer = new LoopTimer(Close, OnSurprise);
    }

    /// <summary>The stage of a connection that is not open yet; null once it is.</summary>
    internal FailureStage? Stage { get; private set; }

    /// <summary>Its place among the probe's connections.</summary>
    internal int Place { get; set; }

    /// <summary>Whether it waits for its peer to close.</summary>
    internal bool Lingers { get; private set; }

    /// <summary>Whether another request may be put on it.</summary>
    internal bool HasRoom => !leftBehind && session.HasRoom(probe.StreamsPerConnection);

    /// <summary>Begins to connect.</summary>
    internal void Begin()
    {
        session.Begin(probe.MaxStreams);
        leftBehind = closed = Lingers = false;
        heardNs = -1;
        phases.Begin(probe.Loop.NowNs);
        Stage = FailureStage.Resolve;
        if (!probe.Address.Known)
            probe.Address.Wait(this);
    }

    /// <summary>Puts a request on it; it may end within the call.</summary>
    internal void Open(Http2Attempt attempt)
    {
        attempts.Add(attempt);
        session.Open(attempt.Exchange);
        if (Stage == FailureStage.Resolve && probe.Address.Known)
            Connect();
        else if (Stage is null)
            Flush();
    }

    /// <summary>A request is given up; a connection that is then of no use is closed.</summary>
    internal void GiveUp(Http2Attempt attempt)
    {
        Forget(attempt);
        session.Cancel(attempt.Exchange, Http2Error.Cancel);

        // A peer that said nothing since the request was put on it may be gone: nothing more is entrusted to it.
        leftBehind |= heardNs < attempt.PlacedNs || !probe.Keeps;
        if (attempts.Count == 0 && (Stage is not null || leftBehind))
            Close();
        else
            Flush();
    }

    /// <summary>Forgets a request that ends.</summary>
    internal void Forget(Http2Attempt attempt)
    {
        var place = attempts.LastIndexOf(attempt);
        attempts[place] = attempts[^1];
        attempts.RemoveAt(attempts.Count - 1);
    }

    /// <summary>A request on it has ended by what the peer said.</summary>
    internal void OnExchangeEnded()
    {
        leftBehind |= session.IsLeaving || !probe.Keeps;
        if (closed || attempts.Count > 0 || Lingers)
            return;
        if (!leftBehind && probe.HasEnough)
        {
            leftBehind = true;
            probe.CountSurplus();
        }
        if (!leftBehind)
            return;

        // 4. Nothing is under way, and nothing will be.
        session.Leave(Http2Error.NoError);
        probe.Loop.Arm(closeTimer, probe.Loop.NowNs + (probe.MayLinger ? HttpConnection.CloseGraceNs : 0));
        Lingers = true;
        probe.Linger();
        Flush();
    }

    internal bool IsSent(Http2Exchange exchange) => exchange.EndsAt >= 0 && session.Output.Taken >= exchange.EndsAt;

    /// <summary>Gives a request the connection's own times, as far as they lie in its life.</summary>
    internal void Mark(ref PhaseClock clock) =>
        (clock.ResolvedNs, clock.ConnectedNs, clock.SecuredNs) = (phases.ResolvedNs, phases.ConnectedNs, phases.SecuredNs);

    public void OnResolved()
    {
        phases.ResolvedNs = probe.Loop.NowNs;
        Connect();
    }

    public void OnSurprise() => BreakAll(FailureCause.LocalResource, "the engine failed; the agent's log has the exception");

    public void OnReady(Readiness ready)
    {
        if (Stage == FailureStage.Connect && (ready & Readiness.Error) == 0 && (ready & (Readiness.Writable | Readiness.HungUp)) != 0)
            Advance(probe.Tls is null ? null : FailureStage.Handshake);
        if (Stage is not null || (ready & Readiness.Writable) != 0)
            Push();
        if (!closed && Stage is null)
            Pull((ready & (Readiness.PeerFinished | Readiness.Error | Readiness.HungUp)) != 0);
    }

    /// <summary>The run is over: tells the peer, if it listens, and closes.</summary>
    internal void Shut()
    {
        if (Stage is null && !session.IsLeaving)
        {
            session.Leave(Http2Error.NoError);
            _ = stream.Send(session.Output.Waiting);
        }
        Close();
    }

    private void Close()
    {
        if (closed)
            return;
        closed = true;
        probe.Loop.Disarm(flushTimer);
        probe.Loop.Disarm(closeTimer);
        if (Stage == FailureStage.Resolve)
            probe.Address.WaitNoMore(this);
        session.Stop();
        stream.Close(probe.Loop, politely: true);
        probe.Return(this);
    }

    // 1. Connect and shake hands.
    private void Connect()
    {
        if (probe.Address.Failure is { } failure)
        {
            BreakAll(failure, probe.Address.FailureText);
            return;
        }
        Stage = FailureStage.Connect;
        var answer = stream.Connect(probe.Address.Address!, probe.Source);
        if (answer < 0)
        {
            BreakWith(answer);
            return;
        }
        StreamSocket.SendAtOnce(stream.Descriptor);
        probe.Loop.Watch(stream.Descriptor, this, Readiness.Stream);
        Flush();
    }

    private bool Secure(TlsContext context)
    {
        var answer = stream.Secure(context);
        if (Stage == FailureStage.Connect && stream.HadTcp(answer))
            Advance(FailureStage.Handshake);
        if (answer == -Errno.Again)
            return false;
        if (answer <= 0)
            BreakWith(answer);
        else if (!stream.Agreed("h2"u8))
            BreakAll(FailureCause.WrongProtocol, "the peer did not agree to h2 (ALPN)");
        else
            Advance(null);
        return !closed && Stage is null;
    }

    private void Advance(FailureStage? next)
    {
        if (Stage == FailureStage.Connect)
            phases.ConnectedNs = probe.Loop.NowNs;
        else if (Stage == FailureStage.Handshake)
            phases.SecuredNs = probe.Loop.NowNs;
        Stage = next;
    }

    // What others put into the output in this turn goes out with it.
    private void Flush()
    {
        if (!flushTimer.Armed)
            probe.Loop.Arm(flushTimer, probe.Loop.NowNs);
    }

    // 2. Move bytes out.
    private void Push()
    {
        if (closed || (Stage is not null && probe.Tls is { } context && !Secure(context)))
            return;
        var output = session.Output;
        while (output.Length > 0)
        {
            var answer = stream.Send(output.Waiting);
            if (answer is -Errno.Again or -Errno.Interrupted)
                return;
            if (answer < 0)
            {
                OnSendError(answer);
                return;
            }
            Advance(null);
            output.Take(answer);
            session.PumpBodies();
        }
    }

    // A peer that has closed or reset may have said why before.
    private void OnSendError(int answer)
    {
        if (answer is -Errno.ConnectionReset or -Errno.BrokenPipe)
        {
            Advance(null);
            Pull(ending: true, answer);
            if (closed)
                return;
        }
        BreakWith(answer);
    }

    // 3. Move bytes in.
    private void Pull(bool ending, int sendError = 0)
    {
        for (var reads = 0; reads < ReadsPerTurn; reads++)
        {
            var buffer = probe.Loop.ReceiveBuffer;
            var count = stream.Receive(buffer);
            if (count is -Errno.Again or -Errno.Interrupted)
                break;
            if (count <= 0)
            {
                // The kernel tells of a reset once, and the send may have heard it.
                BreakWith(count == 0 && sendError == -Errno.ConnectionReset ? sendError : count);
                return;
            }
            heardNs = probe.Loop.NowNs;
            if (session.Feed(buffer.AsSpan(0, count)) is { } fault)
            {
                session.Leave(fault.Code);
                _ = stream.Send(session.Output.Waiting);
                BreakAll(fault.Cause, fault.Text);
                return;
            }
            if (closed)
                return;
            probe.MaxStreams = session.MaxStreams;

            // A short read emptied the socket: whatever comes next will be reported, unless it was already.
            if (count < buffer.Length && !stream.HasTls && !ending)
                break;
            if (reads == ReadsPerTurn - 1)
                probe.Loop.Renew(stream.Descriptor);
        }
        if (attempts.Count == 0 && session.IsLeaving)
            OnExchangeEnded();
        if (session.Output.Length > 0)
            Flush();
    }

    // 0 is the peer's end.
    private void BreakWith(int answer)
    {
        if (answer == 0)
        {
            BreakAll(FailureCause.Closed, null);
            return;
        }
        var failure = stream.FailureOf(answer, Stage ?? FailureStage.Body);
        FailureStage? stage = failure.Stage == FailureStage.Handshake ? FailureStage.Handshake : null;
        BreakAll(failure.Cause, stream.FaultText, answer == TlsSession.Broken ? 0 : -answer, stage);
    }

    // 5. Everything on it fails, each request in the stage that it has come to unless one is given.
    private void BreakAll(FailureCause cause, string? text, int errno = 0, FailureStage? stage = null)
    {
        leftBehind = true;
        session.Stop();
        while (attempts.Count > 0)
            attempts[^1].Break(cause, text, errno, stage);
        Close();
    }
}
