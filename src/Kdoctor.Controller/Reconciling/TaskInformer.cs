using Kdoctor.Core.Tasks;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Reconciling;

/// <summary>
/// Keeps the cache like the API server, one loop per kind: list, then watch from there; whatever breaks, list again after a growing delay.
/// </summary>
internal sealed partial class TaskInformer(ITaskApi api, TaskCache cache, Action<TaskKey> changed, TimeProvider time, Random random, ILogger<TaskInformer> logger)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);

    private readonly Dictionary<TaskKind, TaskCompletionSource> listed =
        Enum.GetValues<TaskKind>().ToDictionary(kind => kind, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>Completes when every kind was listed once: from then on a task that is not in the cache is gone.</summary>
    public Task Synced => Task.WhenAll(listed.Values.Select(source => source.Task));

    /// <summary>Runs until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => Task.WhenAll(Enum.GetValues<TaskKind>().Select(kind => FollowAsync(kind, cancellation)));

    private async Task FollowAsync(TaskKind kind, CancellationToken cancellation)
    {
        var delay = FirstDelay;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                var version = await ListAsync(kind, cancellation).ConfigureAwait(false);
                delay = FirstDelay;
                while (true)
                    version = await WatchAsync(kind, version, cancellation).ConfigureAwait(false);
            }
            catch (TaskApiException refused)
            {
                LogBroken(kind, refused.Message, delay);
                await Task.Delay(delay * (0.5 + Jitter()), time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task<string> ListAsync(TaskKind kind, CancellationToken cancellation)
    {
        var list = await api.ListAsync(kind, cancellation).ConfigureAwait(false);
        foreach (var key in cache.Replace(kind, list.ByName))
            changed(key);
        listed[kind].TrySetResult();
        return list.ResourceVersion;
    }

    private async Task<string> WatchAsync(TaskKind kind, string version, CancellationToken cancellation)
    {
        var began = time.GetUtcNow();
        await foreach (var change in api.WatchAsync(kind, version, cancellation).ConfigureAwait(false))
        {
            version = change.Task["metadata"]?["resourceVersion"]?.GetValue<string>() ?? version;
            if (change.Kind == TaskChangeKind.Bookmark)
                continue;
            var key = new TaskKey(kind, KubernetesTaskApi.NameOf(change.Task));
            if (change.Kind == TaskChangeKind.Deleted)
                cache.Remove(key);
            else
                cache.Put(key, change.Task);
            changed(key);
        }

        // A server that ends every watch at once must not be asked in a tight loop.
        if (time.GetUtcNow() - began < FirstDelay)
            await Task.Delay(FirstDelay, time, cancellation).ConfigureAwait(false);
        return version;
    }

    private double Jitter()
    {
        lock (random)
            return random.NextDouble();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The {Kind} tasks cannot be followed: {Reason}; listing again in about {Delay}")]
    private partial void LogBroken(TaskKind kind, string reason, TimeSpan delay);
}
