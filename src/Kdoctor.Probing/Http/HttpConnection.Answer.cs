using Kdoctor.Core.Results;
using Kdoctor.Probing.EventLoops;

namespace Kdoctor.Probing.Http;

/// <content>What comes back: (2) the answer, and (3) the peer's end.</content>
internal sealed partial class HttpConnection
{
    // Reads in one turn of the loop, 64 KiB each, so that an endless answer leaves the others their turn.
    private const int ReadsPerTurn = 4;

    // 2. Read and parse.
    private void Pull(Readiness ready)
    {
        ending |= (ready & (Readiness.PeerFinished | Readiness.Error | Readiness.HungUp)) != 0;
        for (var reads = 0; reads < ReadsPerTurn; reads++)
        {
            var buffer = Loop.ReceiveBuffer;
            var count = stream.Receive(buffer);
            if (count is -Errno.Again or -Errno.Interrupted)
                return;
            if (count < 0)
            {
                OnReceiveError(count);
                return;
            }
            if (count == 0 || Take(buffer.AsSpan(0, count)))
            {
                if (count == 0)
                    OnPeerClosed();
                return;
            }

            // A short read emptied the socket: what was announced before it is next, an error (which the next read tells) or the end; else a
            // change will be reported.
            if (count < buffer.Length && !stream.HasTls && (ready & (Readiness.Error | Readiness.HungUp)) == 0)
            {
                if ((ready & Readiness.PeerFinished) != 0)
                    OnPeerClosed();
                return;
            }
        }
        Loop.Renew(stream.Descriptor);
    }

    // Takes bytes; true when there is nothing more to read for.
    private bool Take(ReadOnlySpan<byte> bytes)
    {
        if (step == Step.Closing)
        {
            if (parser.IsTunnel)
                return false;
            FailBehind();
            return true;
        }
        var now = Loop.NowNs;
        var whole = step != Step.Receiving && !Probe!.Request.Echo;
        if (step != Step.Receiving)
            phases.FirstByteNs = now;
        step = Step.Receiving;
        if (whole && Probe!.Known.Is(bytes))
        {
            parser.Repeat(Probe.Known);
            return Complete(now);
        }
        switch (parser.Feed(bytes, out var taken))
        {
            case AnswerState.Broken:
                detail = parser.Error!;
                Fail(new Failure(FailureStage.Body, FailureCause.BadAnswer));
                return true;
            case AnswerState.Complete when taken < bytes.Length && !parser.IsTunnel:
                FailBehind();
                return true;
            case AnswerState.Complete:
                if (whole && taken == bytes.Length)
                    Probe!.Known.Remember(bytes, parser);
                return Complete(now);
            default:
                return false;
        }
    }

    // 3. Let the peer close; true when the connection is to be used again. One whose end has come with the answer is not: nothing would tell of it any more.
    private bool Complete(long now)
    {
        completeNs = now;
        if (sent == Probe!.Template.Length && parser.Persists && Probe.Request.KeepAlive && !ending)
        {
            Judge();
            return true;
        }
        step = Step.Closing;
        Loop.Arm(closeTimer, completeNs + CloseGraceNs);
        return false;
    }

    private void OnPeerClosed()
    {
        if (step == Step.Closing)
        {
            Judge();
        }
        else if (!stream.Truncated && parser.FeedEnd() == AnswerState.Complete)
        {
            completeNs = Loop.NowNs;
            Judge();
        }
        else if (sendError == -Errno.ConnectionReset)
        {
            // The kernel tells of a reset once, and the send has heard it.
            FailWith(StageNow, sendError);
        }
        else
        {
            Fail(new Failure(StageNow, FailureCause.Closed));
        }
    }

    private void OnReceiveError(int answer)
    {
        // An answer that says how long it is was complete before the reset.
        if (step == Step.Closing)
            Judge();
        else
            FailWith(StageNow, answer);
    }
}
