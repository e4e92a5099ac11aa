using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Objects;

/// <summary>
/// Follows one collection of an API server, for ever: list, then watch from there, and from where the last watch ended; whatever fails, list again after a growing delay.
/// Both delegates answer the version from which to go on.
/// </summary>
internal sealed partial class ListWatch(
    string what, Func<CancellationToken, Task<string>> list, Func<string, CancellationToken, Task<string>> watch, TimeProvider time, Random random, ILogger logger)
{
    private readonly ILogger logger = logger;
    private readonly TaskCompletionSource listed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the collection was listed once: from then on what is not known is not there.</summary>
    public Task Synced => listed.Task;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var delay = new RelistDelay(random);
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                var version = await list(cancellation).ConfigureAwait(false);
                listed.TrySetResult();
                delay.Reset();
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
                LogBroken(what, broken.Message, delay.About);
                await Task.Delay(delay.Next(), time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<string> WatchAsync(string version, CancellationToken cancellation)
    {
        var began = time.GetUtcNow();
        var next = await watch(version, cancellation).ConfigureAwait(false);
        if (time.GetUtcNow() - began < RelistDelay.First)
            await Task.Delay(RelistDelay.First, time, cancellation).ConfigureAwait(false);
        return next;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The {What} cannot be followed: {Reason}; listing again in about {Delay}")]
    private partial void LogBroken(string what, string reason, TimeSpan delay);
}
