using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Kdoctor.Controller.Objects;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Tests.Controller.Reconciling;

/// <summary>Task objects with versions, as far as a reconciler sees them: status writes with optimistic concurrency, counted.</summary>
internal sealed class MemoryTaskApi(TaskCache cache) : ITaskApi
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<TaskKey, JsonObject> stored = new();
    private TaskCompletionSource told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int version;

    public int StatusWrites { get; private set; }

    /// <summary>Happens once a status is stored, and before whoever wrote it knows.</summary>
    public Action? Stored { get; set; }

    /// <summary>Stores an object and lets the cache see it.</summary>
    public void Apply(TaskKey key, JsonObject task)
    {
        task["metadata"]!["resourceVersion"] = (++version).ToString(CultureInfo.InvariantCulture);
        stored[key] = task;
        cache.Put(key, task.DeepClone().AsObject());
    }

    /// <summary>Changes an object without the cache seeing it yet.</summary>
    public void ChangeUnseen(TaskKey key) => stored[key]["metadata"]!["resourceVersion"] = (++version).ToString(CultureInfo.InvariantCulture);

    public void Delete(TaskKey key)
    {
        stored.TryRemove(key, out _);
        cache.Remove(key);
    }

    /// <summary>A stored object; null for none.</summary>
    public JsonObject? Find(TaskKey key) => stored.GetValueOrDefault(key);

    /// <summary>Waits until something is so that the stored statuses say.</summary>
    public async Task WrittenAsync(Func<bool> isSo, CancellationToken cancellation)
    {
        while (true)
        {
            var next = Volatile.Read(ref told).Task;
            if (isSo())
                return;
            await next.WaitAsync(HangGuard, cancellation);
        }
    }

    public Task<TaskList> ListAsync(TaskKind kind, CancellationToken cancellation) => Task.FromResult(new TaskList(
        stored.Where(entry => entry.Key.Kind == kind).ToDictionary(entry => entry.Key.Name, entry => entry.Value.DeepClone().AsObject()), version.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Tells nothing: whoever changes something says so.</summary>
    public async IAsyncEnumerable<ObjectChange> WatchAsync(TaskKind kind, string resourceVersion, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await new TaskCompletionSource().Task.WaitAsync(cancellation);
        yield break;
    }

    public Task<JsonObject?> WriteStatusAsync(TaskKey key, JsonObject task, CancellationToken cancellation)
    {
        if (!stored.TryGetValue(key, out var now) || now["metadata"]!["resourceVersion"]!.GetValue<string>() != task["metadata"]!["resourceVersion"]!.GetValue<string>())
            return Task.FromResult<JsonObject?>(null);
        StatusWrites++;
        var written = now.DeepClone().AsObject();
        written["status"] = task["status"]!.DeepClone();
        written["metadata"]!["resourceVersion"] = (++version).ToString(CultureInfo.InvariantCulture);
        stored[key] = written;
        Stored?.Invoke();
        Interlocked.Exchange(ref told, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        return Task.FromResult<JsonObject?>(written.DeepClone().AsObject());
    }
}
