using System.Runtime.InteropServices;
using Kdoctor.Core.Results;
using Kdoctor.Probing.Load;

namespace Kdoctor.Probing.Dns;

/// <summary>
/// One query under way: (1) it waits for the server's address, (2) travels on a carrier, and (3) ends with the answer that the carrier
/// matched to it by id and question, or with a failure.
/// </summary>
internal sealed class DnsAttempt : Attempt, IAddressWaiter
{
    private PhaseClock phases;
    private bool resolving;
    private string? detail;
    private int errno;
    private Failure? failure;
    private DnsAnswer answer;
    private AnswerFault fault;

    /// <summary>Whose query it is; null while it lies in the rack.</summary>
    internal DnsProbe? Probe { get; set; }

    /// <summary>What it travels on; null while it does not.</summary>
    internal QueryCarrier? Carrier { get; set; }

    /// <summary>Its id on the carrier.</summary>
    internal ushort Id { get; set; }

    /// <summary>On a port: its place there.</summary>
    internal int Place { get; set; }

    /// <summary>On a stream: how many octets of it there are up to the end of this query.</summary>
    internal long EndOffset { get; set; }

    // 1. The address.
    internal override void Begin()
    {
        detail = null;
        errno = 0;
        failure = null;
        answer = default;
        fault = AnswerFault.None;
        phases.Begin(Probe!.Loop.NowNs);
        resolving = !Probe.Address.Known;
        if (resolving)
            Probe.Address.Wait(this);
        else
            Travel();
    }

    public void OnResolved()
    {
        resolving = false;
        phases.ResolvedNs = Probe!.Loop.NowNs;
        Travel();
    }

    // 2. The way.
    private void Travel()
    {
        if (Probe!.Address.Failure is { } cause)
        {
            detail = Probe.Address.FailureText;
            End(new Failure(FailureStage.Resolve, cause), Probe.Loop.NowNs);
        }
        else
        {
            Probe.Send(this);
        }
    }

    internal override void TimeOut()
    {
        var stage = Carrier?.StageOf(this) ?? FailureStage.Resolve;
        LetGo();
        End(new Failure(stage, FailureCause.TimedOut), Probe!.Loop.NowNs);
    }

    internal override void Abandon()
    {
        var probe = Probe!;
        LetGo();
        probe.Return(this);
    }

    /// <summary>Ends it with what the network said; the carrier has let go of it.</summary>
    internal void Fail(Failure why, string? words = null, int error = 0)
    {
        detail = words;
        errno = error;
        End(why, Probe!.Loop.NowNs);
    }

    // 3. The answer.

    /// <summary>Takes a message that has its id; false, and nothing happened, when it answers another question.</summary>
    internal bool TryAnswer(ReadOnlySpan<byte> message, long nowNs)
    {
        fault = AnswerReader.Read(message, Probe!.Template, out answer);
        if (fault == AnswerFault.WrongQuestion)
            return false;
        Carrier!.Mark(ref phases);
        Carrier.Forget(this, answered: true);
        Carrier = null;
        if (fault != AnswerFault.None)
            End(new Failure(FailureStage.Body, FailureCause.BadAnswer), nowNs, message.Length);
        else
            End(AnswerVerdict.Of(answer, Probe.Request) is { } cause ? new Failure(FailureStage.Verify, cause) : null, nowNs, message.Length, answer.Code);
        return true;
    }

    /// <summary>Ends it with an answer that is wrong before it is read.</summary>
    internal void Refuse(AnswerFault wrong, long nowNs)
    {
        Carrier!.Forget(this, answered: true);
        Carrier = null;
        fault = wrong;
        End(new Failure(FailureStage.Body, FailureCause.BadAnswer), nowNs);
    }

    internal override string Describe() => failure switch
    {
        { Stage: FailureStage.Verify } => AnswerVerdict.Describe(answer, Probe!.Request),
        { Cause: FailureCause.BadAnswer } when fault != AnswerFault.None => AnswerFaultWords.Of(fault),
        { Cause: FailureCause.TimedOut } when Probe!.StrayAnswers > 0 => $"{Probe.StrayAnswers} answers so far belonged to no query under way",
        _ => detail ?? (errno != 0 ? Marshal.GetPInvokeErrorMessage(errno) : ""),
    };

    private void LetGo()
    {
        if (resolving)
            Probe!.Address.WaitNoMore(this);
        resolving = false;
        Carrier?.Forget(this, answered: false);
        Carrier = null;
    }

    private void End(Failure? why, long nowNs, int octets = 0, int? code = null)
    {
        var (probe, engine) = (Probe!, Engine!);
        failure = why;
        engine.End(this, new AttemptEnd(why, nowNs, BodyBytes: octets, ReplyCode: code, Phases: why is null ? PhasesUntil(nowNs) : default));
        probe.Return(this);
    }

    // A message comes in one piece: what is left of the time was the wait for it.
    private PhaseTimes PhasesUntil(long nowNs)
    {
        var times = phases.Until(nowNs);
        return times with { FirstByte = times.Body, Body = null };
    }
}
