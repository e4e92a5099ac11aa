using Kdoctor.Probing.EventLoops;

namespace Kdoctor.Agent.Echo;

/// <summary>One listening socket. When the process is out of descriptors it tries again after a pause instead of turning in a circle.</summary>
internal sealed class EchoListener : ILoopSocket
{
    private const int AcceptsPerTurn = 64;
    private const long PauseNs = 50_000_000;

    private readonly EchoCore core;
    private readonly LoopTimer retry;
    private readonly byte[] peer = new byte[KernelAddress.MaxLength];
    private int descriptor;

    internal EchoListener(EchoCore core, int descriptor)
    {
        this.core = core;
        this.descriptor = descriptor;
        retry = new LoopTimer(() => OnReady(Readiness.Readable), OnSurprise);
        core.Loop.Watch(descriptor, this, Readiness.Readable | Readiness.EdgeTriggered);
    }

    public void OnReady(Readiness ready)
    {
        for (var count = 0; count < AcceptsPerTurn; count++)
        {
            if (descriptor < 0)
                return;
            var accepted = StreamSocket.Accept(descriptor, peer);
            if (accepted >= 0)
            {
                core.Accept(accepted, peer);
                continue;
            }
            switch (-accepted)
            {
                case Errno.Again:
                    return;
                case Errno.TooManyOpenFiles or Errno.SystemFileTableFull or Errno.NoBufferSpace or Errno.OutOfMemory:
                    core.CountAcceptFailure();
                    core.Loop.Arm(retry, core.Loop.NowNs + PauseNs);
                    return;
                default:
                    // The connection died in the queue (accept(2)); the next one may live.
                    continue;
            }
        }
        core.Loop.Renew(descriptor);
    }

    /// <summary>A surprise with one connection leaves the others waiting in the queue: ask for them again.</summary>
    public void OnSurprise()
    {
        if (descriptor >= 0)
            core.Loop.Arm(retry, core.Loop.NowNs + PauseNs);
    }

    internal void Stop()
    {
        core.Loop.Disarm(retry);
        if (descriptor >= 0)
            core.Loop.Close(descriptor);
        descriptor = -1;
    }
}
