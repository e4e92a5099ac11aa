using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Probing.EventLoops;

namespace Kdoctor.Probing.Load;

/// <summary>The load on one target from here, for a person who waits for it.</summary>
public sealed record ProbeLoad
{
    /// <summary>Requests per second; null for as many as are answered (<see cref="LoadAssignment.FullSpeed"/>).</summary>
    public required double? RequestsPerSecond { get; init; }

    /// <summary>How long requests are begun; above 0.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>From a request's intended start to its end; above 0.</summary>
    public required TimeSpan RequestTimeout { get; init; }

    /// <summary>The most requests under way at once; 1 or more.</summary>
    public required int MaxOutstanding { get; init; }
}

/// <summary>One target probed from this process, on a loop of its own.</summary>
public sealed class ProbeRun : IAsyncDisposable
{
    private readonly EventLoop loop;
    private readonly LoadRun run;

    private ProbeRun(EventLoop loop, LoadRun run) => (this.loop, this.run) = (loop, run);

    /// <summary>How far it has come.</summary>
    public LoadProgress Progress => run.Progress;

    /// <summary>Begins at once.</summary>
    /// <param name="target">How the target is probed.</param>
    /// <param name="load">The load on it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="chance">Where ids and nonces come from.</param>
    /// <param name="surprised">Told of exceptions that nobody expected, on another thread.</param>
    /// <exception cref="ArgumentException">A value of the load or of the target's plan makes no sense.</exception>
    public static async Task<ProbeRun> StartAsync(ProbePlan target, ProbeLoad load, TimeProvider time, Random chance, Action<Exception> surprised)
    {
        ArgumentNullException.ThrowIfNull(load);
        var loop = new EventLoop("probing", time, surprised);
        try
        {
            return new ProbeRun(loop, new LoadRunner(loop, SystemResolver.ResolveAsync, chance).Start(new LoadAssignment
            {
                Load = new LoadPlan(load.RequestsPerSecond ?? 1, load.Duration, load.RequestTimeout),
                FullSpeed = load.RequestsPerSecond is null,
                MaxOutstanding = load.MaxOutstanding,
                Targets = [new LoadTarget(0, target)],
            }));
        }
        catch
        {
            await loop.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>All that was found, once every request has ended; what was found so far where it was cancelled first.</summary>
    public async Task<ProbeResult> CompleteAsync(CancellationToken cancellationToken)
    {
        var registration = cancellationToken.Register(() => run.Cancel("interrupted"));
        await using var unregistered = registration.ConfigureAwait(false);
        var result = await run.Completion.ConfigureAwait(false);
        return new ProbeResult(result.Started, result.Ended, result.Targets[0], result.Lateness, result.CutShort);
    }

    /// <summary>Ends what is under way and stops the loop.</summary>
    public ValueTask DisposeAsync() => loop.DisposeAsync();
}

/// <summary>All that was found about one target.</summary>
/// <param name="Started">When requests began.</param>
/// <param name="Ended">When the last one ended.</param>
/// <param name="Target">Counts, latencies and failures.</param>
/// <param name="Lateness">Nanoseconds by which this process was late with its requests.</param>
/// <param name="CutShort">Why it ended early; null when it did not.</param>
public sealed record ProbeResult(DateTimeOffset Started, DateTimeOffset Ended, TargetShard Target, LatencyHistogram Lateness, string? CutShort);
