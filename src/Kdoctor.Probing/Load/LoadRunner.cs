using Kdoctor.Core.Planning;
using Kdoctor.Probing.EventLoops;

namespace Kdoctor.Probing.Load;

/// <summary>Starts runs on one loop; any number may be under way at once. Safe to use from every thread.</summary>
public sealed class LoadRunner
{
    private readonly EventLoop loop;
    private readonly ResolveName resolve;
    private readonly Random seeds;
    private readonly Lock gate = new();
    private readonly AttemptRack rack = new();

    /// <summary>A runner on a loop.</summary>
    /// <param name="loop">Where the sockets live.</param>
    /// <param name="resolve">Finds the addresses of targets that are names.</param>
    /// <param name="seeds">Where each run's nonces come from; used by this runner alone.</param>
    public LoadRunner(EventLoop loop, ResolveName resolve, Random seeds)
    {
        this.loop = loop;
        this.resolve = resolve;
        this.seeds = seeds;
    }

    /// <summary>Begins a run; its timetable starts <see cref="LoadAssignment.StartIn"/> from now.</summary>
    /// <exception cref="ArgumentException">The assignment makes no sense: its rate, timeout, phase or bound is out of range, or a probe's plan is.</exception>
    /// <exception cref="ObjectDisposedException">The loop has stopped.</exception>
    public LoadRun Start(LoadAssignment assignment)
    {
        ArgumentNullException.ThrowIfNull(assignment);
        var startNs = loop.NowNs + (Math.Max(assignment.StartIn.Ticks, 0) * 100);
        Check(assignment);
        ulong seed;
        lock (gate)
            seed = (ulong)seeds.NextInt64();
        var engine = new LoadEngine(loop, assignment, startNs, resolve, new NonceSource(seed), rack);
        loop.Post(engine.Start);
        return new LoadRun(loop, engine);
    }

    private static void Check(LoadAssignment assignment)
    {
        var (rate, duration, timeout) = assignment.Load;
        if (!double.IsFinite(rate) || rate <= 0 || rate > 1_000_000)
            throw new ArgumentException($"{nameof(LoadPlan.RequestsPerSecond)} is {rate}; it must be above 0 and at most 1,000,000", nameof(assignment));
        if (duration <= TimeSpan.Zero || timeout <= TimeSpan.Zero)
            throw new ArgumentException($"duration {duration} and request timeout {timeout} must be above 0", nameof(assignment));
        if (!(assignment.Phase is >= 0 and <= 1))
            throw new ArgumentException($"{nameof(LoadAssignment.Phase)} is {assignment.Phase}; it must be 0..1", nameof(assignment));
        if (assignment.MaxOutstanding < 1)
            throw new ArgumentException($"{nameof(LoadAssignment.MaxOutstanding)} is {assignment.MaxOutstanding}; it must be 1 or more", nameof(assignment));
        if (assignment.MaxKeptPerTarget < 0)
            throw new ArgumentException($"{nameof(LoadAssignment.MaxKeptPerTarget)} is {assignment.MaxKeptPerTarget}; it must be 0 or more", nameof(assignment));
        foreach (var target in assignment.Targets)
            target.Probe.Check();
    }
}
