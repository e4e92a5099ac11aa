namespace Kdoctor.Probing.EventLoops;

/// <summary>
/// One thread that serves many non-blocking sockets and timers: epoll(7), nothing allocated once it is warm. Probes and echo servers of any
/// number of agents share a loop; everything on it runs on its thread, so none of it needs a lock. Each turn of the loop
/// (1) waits for sockets until the next timer and calls those that are ready, (2) runs timers that are due and (3) work posted by other threads.
/// </summary>
/// <remarks>
/// Linux on x64 or arm64. An exception from a socket's or timer's owner is reported to the constructor's callback and ends that owner only.
/// </remarks>
public sealed class EventLoop : IAsyncDisposable
{
    /// <summary>Posted work that waits at most; posting more throws. A post is made per run or server begun or ended, never per request.</summary>
    public const int MaxPosted = 65_536;

    /// <summary>The size of the two buffers that everything on the loop shares.</summary>
    internal const int BufferBytes = 64 * 1024;

    private const int RoundsPerTurn = 8;
    private const long TimersNsPerTurn = 1_000_000;

    private readonly Poller poller = new();
    private readonly TimerHeap timers = new();
    private readonly LoopClock clock;
    private readonly Action<Exception> surprised;
    private readonly Lock gate = new();
    private readonly HashSet<ILoopTenant> tenants = [];
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread thread;
    private SocketTable sockets = new();
    private List<Action> posted = [];
    private List<Action> taken = [];
    private bool stopping;
    private bool stopped;

    /// <summary>Starts the loop's thread.</summary>
    /// <param name="name">The thread's name.</param>
    /// <param name="time">The clock of its timers and of everything measured on it.</param>
    /// <param name="surprised">Called on the loop's thread with an exception that nobody expected.</param>
    /// <exception cref="PlatformNotSupportedException">This is not Linux on x64 or arm64.</exception>
    public EventLoop(string name, TimeProvider time, Action<Exception> surprised)
    {
        Time = time;
        this.surprised = surprised;
        clock = new LoopClock(time);
        thread = new Thread(Run) { IsBackground = true, Name = name };
        thread.Start();
    }

    /// <summary>The clock that the loop was given.</summary>
    public TimeProvider Time { get; }

    /// <summary>Nanoseconds of a clock that only goes forward.</summary>
    internal long NowNs => clock.NowNs;

    /// <summary>Bytes just received, until the next receive on this loop.</summary>
    internal byte[] ReceiveBuffer { get; } = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);

    /// <summary>Bytes about to be sent, until the next send on this loop.</summary>
    internal byte[] SendBuffer { get; } = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);

    /// <summary>Runs <paramref name="work"/> soon on the loop's thread.</summary>
    /// <exception cref="ObjectDisposedException">The loop has stopped.</exception>
    /// <exception cref="InvalidOperationException"><see cref="MaxPosted"/> is reached.</exception>
    internal void Post(Action work)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(stopped, this);
            if (posted.Count >= MaxPosted)
                throw new InvalidOperationException($"{thread.Name}: {MaxPosted} pieces of work wait already; the loop is stuck");
            posted.Add(work);
            poller.Wake();
        }
    }

    /// <summary>Makes the loop look at its clock again; for clocks that are moved by hand.</summary>
    internal void Wake()
    {
        lock (gate)
        {
            // A stopped loop's descriptors may already be someone else's.
            if (!stopped)
                poller.Wake();
        }
    }

    /// <summary>Reports an exception that was caught elsewhere on the loop.</summary>
    internal void Report(Exception exception) => surprised(exception);

    internal void Join(ILoopTenant tenant) => tenants.Add(tenant);

    internal void Leave(ILoopTenant tenant) => tenants.Remove(tenant);

    internal void Watch(int descriptor, ILoopSocket socket, Readiness interest) => poller.Add(descriptor, interest, sockets.Add(descriptor, socket));

    /// <summary>Has a stream's readiness reported once more, for one that stopped reading to let others have a turn.</summary>
    internal void Renew(int descriptor) => poller.Renew(descriptor, Readiness.Stream, sockets.KeyOf(descriptor));

    /// <summary>Forgets and closes a descriptor; events already under way for it are dropped.</summary>
    internal void Close(int descriptor)
    {
        sockets.Remove(descriptor);
        _ = Libc.Close(descriptor);
    }

    internal void Arm(LoopTimer timer, long dueNs) => timers.Arm(timer, dueNs);

    internal void Disarm(LoopTimer timer) => timers.Disarm(timer);

    /// <summary>Ends every run and server on the loop, closes its sockets and stops the thread.</summary>
    public ValueTask DisposeAsync()
    {
        Volatile.Write(ref stopping, true);
        Wake();
        return new ValueTask(ended.Task);
    }

    private void Run()
    {
        try
        {
            // PR_SET_TIMERSLACK: by default the kernel lets a wait end 50 microseconds late.
            _ = Libc.ProcessControl(29, 1, 0, 0, 0);
            while (!Volatile.Read(ref stopping))
                Turn();
            Stop();
        }
        finally
        {
            ended.TrySetResult();
        }
    }

    private void Turn()
    {
        // 1. Sockets, until the next timer. What has arrived is read before any deadline is judged: a loop that was kept from running must not
        // blame its peers for it.
        var timeout = timers.Next is { } next ? Math.Max(next.DueNs - clock.NowNs, 0) : -1;
        var count = poller.Wait(timeout);
        for (var rounds = 1; count > 0; rounds++)
        {
            for (var index = 0; index < count; index++)
            {
                if (poller.TryRead(index, out var ready, out var key) && sockets.Find(key) is { } socket)
                    Call(socket, ready);
            }
            count = count < Poller.Capacity || rounds == RoundsPerTurn ? 0 : poller.Wait(0);
        }

        // 2. Timers that are due, for a moment at most, so that sockets are served even when timers never cease.
        var begun = clock.NowNs;
        for (var now = begun; timers.Next is { } timer && timer.DueNs <= now && now - begun <= TimersNsPerTurn; now = clock.NowNs)
        {
            timers.Disarm(timer);
            Elapse(timer);
        }

        // 3. Work from other threads.
        RunPosted();
    }

    private void Call(ILoopSocket socket, Readiness ready)
    {
        try
        {
            socket.OnReady(ready);
        }
#pragma warning disable CA1031 // One connection's surprise must not end the others; it is reported.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            surprised(exception);
            Guarded(socket.OnSurprise);
        }
    }

    private void Elapse(LoopTimer timer)
    {
        try
        {
            timer.Elapse();
        }
#pragma warning disable CA1031 // As in Call.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            surprised(exception);
            Guarded(timer.Surprise);
        }
    }

    private void RunPosted()
    {
        lock (gate)
        {
            if (posted.Count == 0)
                return;
            (posted, taken) = (taken, posted);
        }
        foreach (var work in taken)
            Guarded(work);
        taken.Clear();
    }

    private void Guarded(Action work)
    {
        try
        {
            work();
        }
#pragma warning disable CA1031 // The loop outlives its guests' mistakes; they are reported.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            surprised(exception);
        }
    }

    private void Stop()
    {
        RunPosted();
        foreach (var tenant in tenants.ToArray())
            Guarded(tenant.OnLoopStopping);
        lock (gate)
            stopped = true;
        RunPosted();
        foreach (var tenant in tenants.ToArray())
            Guarded(tenant.OnLoopStopping);
        foreach (var descriptor in sockets.Descriptors())
            _ = Libc.Close(descriptor);
        sockets = new SocketTable();
        poller.Dispose();
    }
}
