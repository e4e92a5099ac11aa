using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Objects;

/// <summary>
/// Follows one collection of an API server, for ever: list, then watch from there, and from where the last watch ended; whatever fails, list again after a growing delay.
/// Both delegates answer the version from which to go on.
/// </summary>
internal sealed partial class ListWatch(
    string what, Func<CancellationToken, Task<string>> list, Func<string, CancellationToken, Task<string>> watch, TimeProvider time, Random random, ILogger logger)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);

    private readonly ILogger logger = logger;
    private readonly TaskCompletionSource listed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the collection was listed once: from then on what is not known is not there.</summary>
    public Task Synced => listed.Task;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var delay = FirstDelay;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                var version = await list(cancellation).ConfigureAwait(false);
                listed.TrySetResult();
                delay = FirstDelay;
                while (true)
                    version = await WatchAsync(version, cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever failed is told to the log and tried again: nobody else would, and a collection that nobody follows looks like one that does not change.
            catch (Exception broken)
#pragma warning restore CA1031
            {
                LogBroken(what, broken.Message, delay);
                await Task.Delay(delay * (0.5 + Jitter()), time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
            }
        }
    }

    private async Task<string> WatchAsync(string version, CancellationToken cancellation)
    {
        var began = time.GetUtcNow();
        var next = await watch(version, cancellation).ConfigureAwait(false);

        // A server that ends every watch at once must not be asked in a tight loop.
        if (time.GetUtcNow() - began < FirstDelay)
            await Task.Delay(FirstDelay, time, cancellation).ConfigureAwait(false);
        return next;
    }

    private double Jitter()
    {
        lock (random)
            return random.NextDouble();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The {What} cannot be followed: {Reason}; listing again in about {Delay}")]
    private partial void LogBroken(string what, string reason, TimeSpan delay);
}
