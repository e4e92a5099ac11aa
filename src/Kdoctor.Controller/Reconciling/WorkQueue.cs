using System.Threading.Channels;

namespace Kdoctor.Controller.Reconciling;

/// <summary>
/// Keys to work on, each at most once at a time: a key added while it waits is one piece of work, a key added while it is worked on is
/// worked on once more afterwards. Nothing is refused: it holds each key that there is once, so it is bounded by what its user keeps of them.
/// </summary>
internal sealed class WorkQueue<TKey>(TimeProvider time) : IDisposable
    where TKey : notnull
{
    // Timers know nothing of a wall clock that is set forward, or of a machine that slept; a round may start ten seconds late at most.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly Channel<TKey> ready = Channel.CreateUnbounded<TKey>(new UnboundedChannelOptions { SingleReader = true });
    private readonly HashSet<TKey> queued = [];
    private readonly HashSet<TKey> working = [];
    private readonly HashSet<TKey> again = [];
    private readonly Dictionary<TKey, DateTimeOffset> later = [];
    private ITimer? timer;

    /// <summary>Makes a key ready.</summary>
    public void Add(TKey key)
    {
        lock (gate)
        {
            if (working.Contains(key))
                again.Add(key);
            else if (queued.Add(key))
                ready.Writer.TryWrite(key);
        }
    }

    /// <summary>Makes a key ready at an instant; of several instants the earliest counts.</summary>
    public void AddAt(TKey key, DateTimeOffset instant)
    {
        lock (gate)
        {
            later[key] = later.TryGetValue(key, out var earlier) && earlier < instant ? earlier : instant;
            Arm();
        }
    }

    /// <summary>Waits for a key; it must be given back to <see cref="Done"/>.</summary>
    public async ValueTask<TKey> TakeAsync(CancellationToken cancellation)
    {
        var key = await ready.Reader.ReadAsync(cancellation).ConfigureAwait(false);
        lock (gate)
        {
            queued.Remove(key);
            working.Add(key);

            // Whatever it was to be looked at for later is looked at now, and will be asked for again.
            later.Remove(key);
        }
        return key;
    }

    public void Done(TKey key)
    {
        lock (gate)
        {
            working.Remove(key);
            if (again.Remove(key))
                Add(key);
        }
    }

    public void Dispose() => timer?.Dispose();

    private void Arm()
    {
        if (later.Count == 0)
            return;
        var wait = later.Values.Min() - time.GetUtcNow();
        timer ??= time.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(TimeSpan.FromTicks(Math.Clamp(wait.Ticks, 0, LongestSleep.Ticks)), Timeout.InfiniteTimeSpan);
    }

    private void Ring()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            foreach (var key in later.Where(entry => entry.Value <= now).Select(entry => entry.Key).ToList())
            {
                later.Remove(key);
                Add(key);
            }
            Arm();
        }
    }
}
