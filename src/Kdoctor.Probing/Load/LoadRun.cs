using Kdoctor.Probing.EventLoops;

namespace Kdoctor.Probing.Load;

/// <summary>A run under way. Safe to use from every thread.</summary>
public sealed class LoadRun
{
    private readonly EventLoop loop;
    private readonly LoadEngine engine;

    internal LoadRun(EventLoop loop, LoadEngine engine)
    {
        this.loop = loop;
        this.engine = engine;
    }

    /// <summary>
    /// The result, once every request has ended or the run was cut short. It does not fail for anything that a network or a peer does; a
    /// defect in the engine ends the run early and says so in <see cref="LoadResult.CutShort"/>.
    /// </summary>
    public Task<LoadResult> Completion => engine.Completion;

    /// <summary>How far the run has come.</summary>
    public LoadProgress Progress => engine.Progress;

    /// <summary>Stops the load at once: requests under way count as cancelled, those not begun as unsent. Without effect on a run that is over.</summary>
    /// <param name="reason">What the result will say.</param>
    public void Cancel(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        if (Completion.IsCompleted)
            return;
        try
        {
            loop.Post(() => engine.Cut(reason));
        }
        catch (ObjectDisposedException)
        {
            // The loop stopped, and the run with it.
        }
    }
}
