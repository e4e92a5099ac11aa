using System.Runtime.InteropServices;
using Kdoctor.Core.Results;
using Kdoctor.Probing.Http;
using Kdoctor.Probing.Load;

namespace Kdoctor.Probing.Http2;

/// <summary>One request of a run, on a stream of some connection.</summary>
internal sealed class Http2Attempt : Attempt, IExchangeOwner
{
    /// <summary>How often one request is moved; a peer that ends connection after connection without an answer is a failure.</summary>
    internal const int MaxMoves = 2;

    private PhaseClock phases;
    private string? detail;
    private string? backend;
    private int errno;
    private int moves;
    private bool judged;

    public Http2Attempt() => Exchange = new Http2Exchange(this);

    /// <summary>Whose request it is; null while it lies in the rack.</summary>
    internal Http2Probe? Probe { get; set; }

    internal Http2Exchange Exchange { get; }

    /// <summary>When it was put on the connection that carries it now.</summary>
    internal long PlacedNs { get; private set; }

    /// <summary>The connection that carries it; null once it has ended.</summary>
    private Http2Connection? Connection { get; set; }

    internal override void Begin()
    {
        detail = backend = null;
        errno = moves = 0;
        judged = false;
        phases.Begin(BegunNs);
        Place(BegunNs);
    }

    internal override void TimeOut()
    {
        var stage = StageNow;
        Connection!.GiveUp(this);
        End(new Failure(stage, FailureCause.TimedOut), null);
    }

    internal override void Abandon()
    {
        Connection!.GiveUp(this);
        Connection = null;
        Probe!.Return(this);
    }

    internal override string Describe() =>
        detail ?? (errno != 0 ? Marshal.GetPInvokeErrorMessage(errno) : judged ? AnswerVerdict.Describe(Probe!.Request, Exchange.Status, backend) : "");

    public void OnFirstByte()
    {
        if (phases.FirstByteNs < 0)
            phases.FirstByteNs = Probe!.Loop.NowNs;
    }

    public void OnComplete()
    {
        var endNs = Probe!.Loop.NowNs;
        var connection = Connection!;
        judged = true;
        backend = Probe.Backends.Of(Exchange.Evidence.Identity);
        connection.Mark(ref phases);
        connection.Forget(this);
        var cause = AnswerVerdict.Of(Probe.Request, Probe.Backends, Exchange.Status, backend, Exchange.Evidence.Nonce == Exchange.Nonce);
        End(cause is { } wrong ? new Failure(FailureStage.Verify, wrong) : null, Exchange.Status, endNs);
        connection.OnExchangeEnded();
    }

    public void OnFailed(FailureCause cause, string? text)
    {
        var connection = Connection!;
        Break(cause, text, 0, null);
        connection.OnExchangeEnded();
    }

    // It goes on another connection: the same request, which its clocks and its deadline take for one. An answer that had begun contradicts the peer.
    public void OnUnprocessed(string text)
    {
        if (moves >= MaxMoves || phases.FirstByteNs >= 0)
        {
            OnFailed(FailureCause.Refused, text);
            return;
        }
        moves++;
        var left = Connection!;
        left.Forget(this);
        Probe!.CountMoved();
        Place(Probe.Loop.NowNs);
        left.OnExchangeEnded();
    }

    /// <summary>There will be no whole answer.</summary>
    /// <param name="cause">Why.</param>
    /// <param name="text">In words; null for those of <paramref name="error"/>.</param>
    /// <param name="error">The errno; 0 for none.</param>
    /// <param name="stage">In which stage; null for the one that it has come to.</param>
    internal void Break(FailureCause cause, string? text, int error, FailureStage? stage)
    {
        (detail, errno) = (text, error);
        var failure = new Failure(stage ?? StageNow, cause);
        Connection!.Forget(this);
        End(failure, null);
    }

    /// <summary>How far it has come.</summary>
    private FailureStage StageNow =>
        Connection!.Stage is { } early ? early
        : phases.FirstByteNs >= 0 ? FailureStage.Body
        : Connection.IsSent(Exchange) ? FailureStage.FirstByte
        : FailureStage.Send;

    // It may end within the call.
    private void Place(long nowNs)
    {
        PlacedNs = nowNs;
        Exchange.Begin(Probe!.Frames, Probe.Request.Echo ? Probe.NextNonce() : 0);
        Connection = Probe.ConnectionWithRoom();
        Connection.Open(this);
    }

    private void End(Failure? failure, int? status, long? endNs = null)
    {
        var (probe, engine) = (Probe!, Engine!);
        var end = endNs ?? probe.Loop.NowNs;
        Connection = null;
        engine.End(this, new AttemptEnd(failure, end, status, backend, Exchange.BodyBytes, Phases: failure is null ? phases.Until(end) : default));
        probe.Return(this);
    }
}
