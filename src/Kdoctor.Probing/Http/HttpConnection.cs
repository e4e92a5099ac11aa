using System.Runtime.InteropServices;
using Kdoctor.Core.Results;
using Kdoctor.Probing.EventLoops;
using Kdoctor.Probing.Load;
using Kdoctor.Probing.Tls;

namespace Kdoctor.Probing.Http;

/// <summary>
/// One connection and the request on it. (1) Connect, shake hands where TLS is asked for, and write the request in one go: on a near peer
/// connect and write are done before the loop is asked once. (2) Read and parse the answer as it comes. (3) Let the peer close. (4) Judge.
/// </summary>
/// <remarks>
/// Whoever closes first keeps the connection in TIME_WAIT for a minute (RFC 9293 section 3.6.1). The request says <c>Connection: close</c>, so
/// the peer is to close first; a probe that closed first would use up its own ports, and one that reset would fill peers' logs with errors that are none.
/// So a complete answer's connection waits for the peer's end, which also shows whether anything follows the answer; a peer that does not
/// close within <see cref="CloseGraceNs"/> is closed on. The latency is that of the complete answer either way.
/// </remarks>
internal sealed partial class HttpConnection : Attempt, ILoopSocket, IAddressWaiter
{
    /// <summary>How long a complete answer waits for its peer to close.</summary>
    internal const long CloseGraceNs = 200_000_000;

    private readonly AnswerParser parser = new();
    private readonly EchoEvidence evidence = new();
    private readonly ClientStream stream = new();
    private readonly LoopTimer closeTimer;
    private PhaseClock phases;
    private Step step;
    private int sent;
    private ulong nonce;
    private long completeNs;
    private string? detail;
    private string? backend;
    private int brokenBy;
    private int sendError;
    private bool judged;
    private bool ending;

    public HttpConnection() => closeTimer = new LoopTimer(Judge, OnSurprise);

    private enum Step
    {
        Unused,
        Resolving,
        Connecting,
        Securing,
        Sending,
        Waiting,
        Receiving,
        Closing,
        Kept,
    }

    /// <summary>Whose request it carries; null while it lies in the rack.</summary>
    internal HttpProbe? Probe { get; set; }

    private EventLoop Loop => Probe!.Loop;

    internal override void Begin()
    {
        sent = brokenBy = sendError = 0;
        detail = backend = null;
        judged = ending = false;
        nonce = Probe!.Request.Echo ? Probe.NextNonce() : 0;
        phases.Begin(BegunNs);
        parser.Begin(Probe.Request.Method, Probe.Request.Echo ? evidence : null);
        evidence.Begin();
        if (step == Step.Kept)
        {
            step = Step.Sending;
            Push();
        }
        else if (Probe.Address.Known)
        {
            Connect();
        }
        else
        {
            step = Step.Resolving;
            Probe.Address.Wait(this);
        }
    }

    public void OnResolved()
    {
        phases.ResolvedNs = Loop.NowNs;
        Connect();
    }

    internal override void TimeOut()
    {
        if (step == Step.Closing)
            Judge();
        else
            Fail(new Failure(StageNow, FailureCause.TimedOut));
    }

    internal override void Abandon() => Drop();

    internal override string Describe() =>
        detail ?? (brokenBy < 0 ? Marshal.GetPInvokeErrorMessage(-brokenBy) : judged ? AnswerVerdict.Describe(Probe!.Request, parser.Status, backend) : "");

    /// <summary>Closes without a word: nobody waits for it.</summary>
    internal void Drop()
    {
        var probe = Probe!;
        if (step == Step.Kept)
            probe.Forget(this);
        else if (step == Step.Resolving)
            probe.Address.WaitNoMore(this);
        Release();
        probe.Return(this);
    }

    public void OnSurprise()
    {
        if (Probe is null)
            return;
        if (Engine is null)
        {
            Drop();
            return;
        }
        detail = "the engine failed; the agent's log has the exception";
        Fail(new Failure(StageNow, FailureCause.LocalResource));
    }

    public void OnReady(Readiness ready)
    {
        if (step == Step.Kept)
        {
            // Between requests a peer may only close, or TLS talk to itself; the next request of a closed one opens its own connection.
            if ((ready & ~Readiness.Writable) != 0 && !(stream.HasTls && stream.Receive(Loop.ReceiveBuffer) == -Errno.Again))
                Drop();
            return;
        }
        if (step == Step.Securing || (HasMoreToSend && (ready & (Readiness.Writable | Readiness.Error | Readiness.HungUp)) != 0))
        {
            if (step == Step.Connecting && (ready & Readiness.Error) == 0)
                Advance(Probe!.Tls is null ? Step.Sending : Step.Securing);
            Push();
        }
        if (stream.Descriptor >= 0 && step is not (Step.Connecting or Step.Securing or Step.Kept) && ((ready & ~Readiness.Writable) != 0 || stream.HasTls))
            Pull(ready);
    }

    // A peer may begin to answer, an interim answer at least, before it has read the whole request: the rest is sent on.
    private bool HasMoreToSend => step is Step.Connecting or Step.Sending || (step == Step.Receiving && sent < Probe!.Template.Length);

    private FailureStage StageNow => step switch
    {
        Step.Resolving => FailureStage.Resolve,
        Step.Unused or Step.Connecting => FailureStage.Connect,
        Step.Securing => FailureStage.Handshake,
        Step.Sending => FailureStage.Send,
        Step.Waiting => FailureStage.FirstByte,
        _ => FailureStage.Body,
    };

    // 1. Connect, shake hands and write.
    private void Connect()
    {
        if (Probe!.Address.Failure is { } failure)
        {
            detail = Probe.Address.FailureText;
            Fail(new Failure(FailureStage.Resolve, failure));
            return;
        }
        step = Step.Connecting;
        var answer = stream.Connect(Probe.Address.Address!, Probe.Source);
        if (answer < 0)
        {
            FailWith(FailureStage.Connect, answer);
            return;
        }
        if (Probe.Request.KeepAlive || Probe.Tls is not null || Probe.Template.Length > 1000)
            StreamSocket.SendAtOnce(stream.Descriptor);
        Loop.Watch(stream.Descriptor, this, Readiness.Stream);
        Push();
    }

    private void Push()
    {
        if (Probe!.Tls is { } context && step is Step.Connecting or Step.Securing && !Secure(context))
            return;
        while (sent < Probe.Template.Length)
        {
            var length = Probe.Template.CopyTo(Loop.SendBuffer, sent, nonce);
            var answer = stream.Send(Loop.SendBuffer.AsSpan(0, length));
            if (answer < 0)
            {
                OnSendError(answer);
                return;
            }
            sent += answer;
            if (step != Step.Receiving)
                Advance(Step.Sending);
        }
        if (step != Step.Receiving)
            step = Step.Waiting;
    }

    private bool Secure(TlsContext context)
    {
        var answer = stream.Secure(context);
        if (step == Step.Connecting && stream.HadTcp(answer))
            Advance(Step.Securing);
        if (answer > 0)
            Advance(Step.Sending);
        else if (answer == 0)
            Fail(new Failure(FailureStage.Handshake, FailureCause.Closed));
        else if (answer != -Errno.Again)
            FailWith(StageNow, answer);
        return answer > 0;
    }

    private void Advance(Step next)
    {
        if (step == Step.Connecting)
            phases.ConnectedNs = Loop.NowNs;
        else if (step == Step.Securing)
            phases.SecuredNs = Loop.NowNs;
        step = next;
    }

    private void OnSendError(int answer)
    {
        if (answer is -Errno.Again or -Errno.Interrupted)
            return;

        // A reset or closed connection had been open before; its peer may have answered first.
        if (answer is -Errno.ConnectionReset or -Errno.BrokenPipe)
        {
            if (step != Step.Receiving)
                Advance(Step.Sending);
            sendError = answer;
            Pull(Readiness.Error);
            if (Engine is null || step is Step.Closing or Step.Kept)
                return;
        }
        FailWith(StageNow, answer);
    }

    // 4. Judge the complete answer.
    private void Judge()
    {
        judged = true;
        backend = Probe!.Backends.Of(evidence.Identity);
        var cause = AnswerVerdict.Of(Probe.Request, Probe.Backends, parser.Status, backend, evidence.Nonce == nonce);
        Finish(cause is { } wrong ? new Failure(FailureStage.Verify, wrong) : null, completeNs, parser.Status);
    }

    private void FailBehind()
    {
        detail = "bytes follow the end of the answer";
        Finish(new Failure(FailureStage.Verify, FailureCause.BadAnswer), Loop.NowNs, parser.Status);
    }

    private void FailWith(FailureStage stage, int answer)
    {
        brokenBy = answer;
        detail = stream.FaultText;
        Fail(stream.FailureOf(answer, stage));
    }

    private void Fail(Failure failure) => Finish(failure, Loop.NowNs, null);

    private void Finish(Failure? failure, long endNs, int? status)
    {
        var (probe, engine) = (Probe!, Engine!);
        var keep = failure is null or { Stage: FailureStage.Verify, Cause: not FailureCause.BadAnswer }
            && probe.Request.KeepAlive && step == Step.Receiving && parser.Persists && probe.TryKeep(this);
        if (step == Step.Resolving)
            probe.Address.WaitNoMore(this);
        if (keep)
            step = Step.Kept;
        else
            Release();
        engine.End(this, new AttemptEnd(failure, endNs, status, backend, parser.BodyBytes, Phases: failure is null ? phases.Until(endNs) : default));
        if (!keep)
            probe.Return(this);
    }

    private void Release()
    {
        Loop.Disarm(closeTimer);
        stream.Close(Loop, politely: step is Step.Kept or Step.Closing);
        step = Step.Unused;
    }
}
