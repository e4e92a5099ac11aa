using System.Collections.Immutable;
using Kdoctor.Probing.EventLoops;

namespace Kdoctor.Probing.Load;

/// <summary>
/// The open-loop core of one run, the same for every protocol. At each tick of its timer it
/// (1) begins the requests that the timetable has due, or counts those that are too late for a fair trial as unsent,
/// (2) ends the attempts whose deadline has passed and (3) arms the timer for whatever comes next.
/// Attempts tell it of their <see cref="End"/> in between, and the last one (4) finishes the run.
/// </summary>
/// <remarks>On the loop's thread only, but for <see cref="Completion"/> and <see cref="Progress"/>.</remarks>
#pragma warning disable CA1001 // Its cancellation source has neither a timer nor a wait handle: nothing to dispose, and resolvers may still look at it.
internal sealed class LoadEngine : ILoopTenant
#pragma warning restore CA1001
{
    // Requests begun per tick, so that answers are read even when the agent is far behind.
    private const int BeginsPerTick = 16;

    private const string EngineFailed = "the probing engine failed; the agent's log has the exception";

    private readonly EventLoop loop;
    private readonly LoadAssignment assignment;
    private readonly Pace pace;
    private readonly LoadRecord record;
    private readonly ProbeSite site;
    private readonly CancellationTokenSource ended = new();
    private readonly LoopTimer timer;
    private readonly long startNs;
    private readonly long timeoutNs;
    private readonly TaskCompletionSource<LoadResult> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableArray<Probe> probes = [];
    private Attempt? earliest;
    private Attempt? latest;
    private long next;
    private int outstanding;
    private bool over;

    internal LoadEngine(EventLoop loop, LoadAssignment assignment, long startNs, ResolveName resolve, NonceSource nonces, AttemptRack rack)
    {
        this.loop = loop;
        this.assignment = assignment;
        this.startNs = startNs;
        timeoutNs = assignment.Load.RequestTimeout.Ticks * 100;
        pace = Pace.Of(assignment, startNs);
        record = new LoadRecord(assignment, loop.Time.GetUtcNow() - TimeSpan.FromTicks(loop.NowNs / 100));
        site = new ProbeSite(loop, resolve, nonces, rack, new KeptPlaces(assignment.MaxOutstanding, assignment.MaxKeptPerTarget), ended.Token);
        timer = new LoopTimer(Tick, OnSurprise);
    }

    internal Task<LoadResult> Completion => completion.Task;

    internal LoadProgress Progress => record.Progress;

    internal void Start()
    {
        var created = ImmutableArray.CreateBuilder<Probe>();
        try
        {
            foreach (var target in assignment.Targets)
                created.Add(target.Probe.Create(site));
            probes = created.ToImmutable();
        }
        catch
        {
            probes = created.ToImmutable();
            OnSurprise();
            throw;
        }
        loop.Join(this);
        loop.Arm(timer, startNs);
    }

    /// <summary>Takes the end of an attempt.</summary>
    internal void End(Attempt attempt, in AttemptEnd end)
    {
        if (over)
            return;
        Unlink(attempt);
        record.Ended(attempt, end);
        if (outstanding == 0 && !pace.HasMore(next, loop.NowNs))
            Finish(null);
        else if (outstanding == assignment.MaxOutstanding - 1)
            loop.Arm(timer, end.EndNs);
    }

    /// <summary>Ends the run now.</summary>
    internal void Cut(string reason)
    {
        if (over)
            return;
        while (earliest is { } attempt)
        {
            Unlink(attempt);
            record.Cancelled(attempt);
            attempt.Abandon();
        }
        Finish(reason);
    }

    public void OnLoopStopping() => Cut("the agent stopped");

    private void OnSurprise() => Cut(EngineFailed);

    private void Tick()
    {
        if (over)
            return;

        // 1. What is due.
        var now = loop.NowNs;
        for (var left = BeginsPerTick; left > 0 && IsDue(now, out var intended); left--)
        {
            Begin(pace.TargetOf(next++), intended, now);
            if (over)
                return;
            now = loop.NowNs;
        }

        // 2. Whose time is up.
        while (earliest is { } attempt && attempt.IntendedNs + timeoutNs <= now)
            attempt.TimeOut();

        // 3. What comes next.
        var more = pace.HasMore(next, now);
        if (!more && outstanding == 0)
            Finish(null);
        if (over)
            return;
        var due = more && outstanding < assignment.MaxOutstanding ? pace.IntendedNs(next, now) : long.MaxValue;
        if (earliest is { } waiting)
            due = Math.Min(due, waiting.IntendedNs + timeoutNs);
        loop.Arm(timer, due);
    }

    private bool IsDue(long now, out long intended)
    {
        intended = 0;
        return outstanding < assignment.MaxOutstanding && pace.HasMore(next, now) && (intended = pace.IntendedNs(next, now)) <= now;
    }

    private void Begin(int slot, long intended, long now)
    {
        // A request that the agent itself kept from half of its time would be judged for what the agent did.
        if (now - intended > timeoutNs / 2)
        {
            record.Unsent(slot);
            return;
        }
        var attempt = probes[slot].Rent();
        attempt.Engine = this;
        attempt.Slot = slot;
        attempt.IntendedNs = intended;
        attempt.BegunNs = now;
        Link(attempt);
        record.Began(slot, intended, now);
        attempt.Begin();
    }

    // Deadlines ascend with intended starts, so the list needs no sorting and the run one timer.
    private void Link(Attempt attempt)
    {
        attempt.Earlier = latest;
        attempt.Later = null;
        if (latest is { } before)
            before.Later = attempt;
        else
            earliest = attempt;
        latest = attempt;
        outstanding++;
    }

    private void Unlink(Attempt attempt)
    {
        if (attempt.Earlier is { } before)
            before.Later = attempt.Later;
        else
            earliest = attempt.Later;
        if (attempt.Later is { } after)
            after.Earlier = attempt.Earlier;
        else
            latest = attempt.Earlier;
        attempt.Earlier = attempt.Later = null;
        attempt.Engine = null;
        outstanding--;
    }

    // 4. Nothing is outstanding: release everything, then say so.
    private void Finish(string? cutShort)
    {
        over = true;
        loop.Disarm(timer);
        loop.Leave(this);
        var released = Release(ended.Cancel);
        foreach (var probe in probes)
            released &= Release(probe.Finish);
        completion.TrySetResult(record.Result(startNs, loop.NowNs, released ? cutShort : cutShort ?? EngineFailed, probes));
    }

    // What cannot be released keeps neither the others from it nor the result from whoever waits.
    private bool Release(Action release)
    {
        try
        {
            release();
            return true;
        }
#pragma warning disable CA1031 // Whatever it is, it is told.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            loop.Report(exception);
            return false;
        }
    }
}
