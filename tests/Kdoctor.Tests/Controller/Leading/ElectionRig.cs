using Kdoctor.Controller.Leading;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Kdoctor.Tests.Controller.Leading;

/// <summary>Controllers that want to lead, on one lease and one clock of the test's; who leads is written down with the time.</summary>
internal sealed class ElectionRig : IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private readonly Lock gate = new();
    private readonly List<(string Who, bool Leads, TimeSpan At)> history = [];
    private readonly List<Candidate> candidates = [];
    private readonly DateTimeOffset began;

    public ElectionRig() => began = Time.GetUtcNow();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2030, 5, 17, 12, 0, 0, TimeSpan.Zero));

    public MemoryLease Lease { get; } = new();

    public IReadOnlyList<(string Who, bool Leads, TimeSpan At)> History
    {
        get
        {
            lock (gate)
                return [.. history];
        }
    }

    public TimeSpan Elapsed => Time.GetUtcNow() - began;

    public Candidate Start(string name, Func<CancellationToken, Task>? work = null)
    {
        var candidate = new Candidate(name, this, work ?? UntilOverAsync);
        candidates.Add(candidate);
        return candidate;
    }

    /// <summary>Lets time pass until something is so; fails when it is not within two minutes of it.</summary>
    public async Task UntilAsync(Func<bool> so)
    {
        var end = Time.GetUtcNow() + TimeSpan.FromMinutes(2);
        while (!so())
        {
            if (Time.GetUtcNow() > end)
                throw new InvalidOperationException($"it did not happen: {string.Join(", ", History)}");
            await PassAsync(Step);
        }
    }

    /// <summary>
    /// Lets time pass, in steps so small that nobody's timer is overtaken. On a thread without a context of its own, what waits for a timer goes on
    /// within the step itself: the lease answers at once, and no other thread has a part in it.
    /// </summary>
    public Task PassAsync(TimeSpan span) => Task.Run(() =>
    {
        for (var passed = TimeSpan.Zero; passed < span; passed += Step)
            Time.Advance(Step);
    });

    public async ValueTask DisposeAsync()
    {
        foreach (var candidate in candidates)
        {
            await candidate.StopAsync();
            candidate.Dispose();
        }
    }

    // Ends within the call that ends the term, which a delay does not.
    private static async Task UntilOverAsync(CancellationToken term)
    {
        var over = new TaskCompletionSource();
        await using var registered = term.Register(over.SetResult);
        await over.Task.ConfigureAwait(false);
    }

    private void Note(string who, bool leads)
    {
        lock (gate)
            history.Add((who, leads, Elapsed));
    }

    internal sealed class Candidate : IDisposable
    {
        private readonly string name;
        private readonly CancellationTokenSource stopping = new();
        private readonly Task running;

        public Candidate(string name, ElectionRig rig, Func<CancellationToken, Task> work)
        {
            this.name = name;
            Way = new MemoryLease.View(rig.Lease);
            Election = new LeaseElection(
                Way, new LeaderOptions { Identity = name, Address = $"{name}:3000", SharedStore = true }, () => Agents, rig.Time, new Random(name.Length), NullLogger<LeaseElection>.Instance);
            running = OnPlainThread(() => Election.RunAsync(term => LeadAsync(rig, work, term), stopping.Token));
        }

        public MemoryLease.View Way { get; }

        public LeaseElection Election { get; }

        public bool Leads { get; private set; }

        /// <summary>How many agents are connected to it.</summary>
        public int Agents { get; set; }

        /// <summary>Stops it in good order.</summary>
        public async Task StopAsync()
        {
            await stopping.CancelAsync();
            await running;
        }

        public void Dispose() => stopping.Dispose();

        // It has gone as far as its first wait when this returns.
        private static Task OnPlainThread(Func<Task> start)
        {
            var before = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(null);
            try
            {
                return start();
            }
            finally
            {
                SynchronizationContext.SetSynchronizationContext(before);
            }
        }

        private async Task LeadAsync(ElectionRig rig, Func<CancellationToken, Task> work, CancellationToken term)
        {
            rig.Note(name, true);
            Leads = true;
            try
            {
                await work(term).ConfigureAwait(false);
            }
            finally
            {
                Leads = false;
                rig.Note(name, false);
            }
        }
    }
}
