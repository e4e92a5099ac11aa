using Kdoctor.Controller.Objects;
using Kdoctor.Core.Tasks;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Reconciling;

/// <summary>Keeps the cache like the API server, one <see cref="ListWatch"/> per kind.</summary>
internal sealed class TaskInformer
{
    private readonly ITaskApi api;
    private readonly TaskCache cache;
    private readonly Action<TaskKey> changed;
    private readonly IReadOnlyList<ListWatch> loops;

    public TaskInformer(ITaskApi api, TaskCache cache, Action<TaskKey> changed, TimeProvider time, Random random, ILogger<TaskInformer> logger)
    {
        (this.api, this.cache, this.changed) = (api, cache, changed);
        loops = [.. Enum.GetValues<TaskKind>().Select(kind => new ListWatch(
            $"{kind} tasks", cancellation => ListAsync(kind, cancellation), (version, cancellation) => WatchAsync(kind, version, cancellation), time, random, logger))];
    }

    /// <summary>Completes when every kind was listed once: from then on a task that is not in the cache is gone.</summary>
    public Task Synced => Task.WhenAll(loops.Select(loop => loop.Synced));

    /// <summary>Runs until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => Task.WhenAll(loops.Select(loop => loop.RunAsync(cancellation)));

    private async Task<string> ListAsync(TaskKind kind, CancellationToken cancellation)
    {
        var list = await api.ListAsync(kind, cancellation).ConfigureAwait(false);
        foreach (var key in cache.Replace(kind, list.ByName))
            changed(key);
        return list.ResourceVersion;
    }

    private async Task<string> WatchAsync(TaskKind kind, string version, CancellationToken cancellation)
    {
        await foreach (var change in api.WatchAsync(kind, version, cancellation).ConfigureAwait(false))
        {
            version = change.Object["metadata"]?["resourceVersion"]?.GetValue<string>() ?? version;
            if (change.Kind == ObjectChangeKind.Bookmark)
                continue;
            var key = new TaskKey(kind, KubernetesObjects.NameOf(change.Object));
            if (change.Kind == ObjectChangeKind.Deleted)
                cache.Remove(key);
            else
                cache.Put(key, change.Object);
            changed(key);
        }
        return version;
    }
}
