using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Objects;

/// <summary>
/// Keeps somebody informed of one object: listed once, then watched; listed again when the watch ends or breaks, so that whatever was lost on the way
/// is caught up with. The handler is given the object, or null when there is none, one call at a time; where it fails it is asked again, later.
/// </summary>
internal sealed partial class ObjectFollower(
    KubernetesObjects client, ObjectPlace place, Func<JsonObject?, CancellationToken, Task> changed, TimeProvider time, Random random, ILogger<ObjectFollower> logger)
{
    private readonly TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private CancellationTokenSource? listening;

    /// <summary>Completes once the handler has been told the first time.</summary>
    public Task Told => first.Task;

    /// <summary>Has the object listed anew, and the handler asked again, as soon as that is possible.</summary>
    public void Nudge()
    {
        lock (gate)
            listening?.Cancel();
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var delay = new RelistDelay(random);
        while (!cancellation.IsCancellationRequested)
        {
            using var nudge = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            lock (gate)
                listening = nudge;
            try
            {
                var began = time.GetTimestamp();
                await FollowAsync(cancellation, nudge.Token).ConfigureAwait(false);
                delay.Reset();
                if (time.GetElapsedTime(began) < RelistDelay.First)
                    await Task.Delay(RelistDelay.First, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (nudge.IsCancellationRequested)
            {
                // Stopped, or asked to list anew.
            }
#pragma warning disable CA1031 // Whatever failed, here or in the handler, is told to the log and tried again: nobody else would.
            catch (Exception refused)
#pragma warning restore CA1031
            {
                LogBroken(place, refused.Message, delay.About);
                await Task.Delay(delay.Next(), time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            finally
            {
                lock (gate)
                    listening = null;
            }
        }
    }

    // The handler is never cut by a nudge: only waiting is.
    private async Task FollowAsync(CancellationToken cancellation, CancellationToken nudged)
    {
        var list = await client.ListAsync(place.Collection, null, cancellation, place.Fields).ConfigureAwait(false);
        await TellAsync(list.Items.Count > 0 ? list.Items[0] : null, cancellation).ConfigureAwait(false);
        await foreach (var change in client.WatchAsync(place.Collection, null, list.ResourceVersion, nudged, place.Fields).ConfigureAwait(false))
        {
            if (change.Kind != ObjectChangeKind.Bookmark)
                await TellAsync(change.Kind == ObjectChangeKind.Stored ? change.Object : null, cancellation).ConfigureAwait(false);
        }
    }

    private async Task TellAsync(JsonObject? found, CancellationToken cancellation)
    {
        await changed(found, cancellation).ConfigureAwait(false);
        first.TrySetResult();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Place} cannot be followed: {Reason}; trying again in about {Delay}")]
    private partial void LogBroken(ObjectPlace place, string reason, TimeSpan delay);
}
