using System.Globalization;
using System.Text.Json.Nodes;
using Kdoctor.Controller.Cluster;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Tests.Controller.Reconciling;

/// <summary>Task objects with versions, as far as a reconciler sees them: status writes with optimistic concurrency, counted.</summary>
internal sealed class MemoryTaskApi(TaskCache cache) : ITaskApi
{
    private readonly Dictionary<TaskKey, JsonObject> stored = [];
    private int version;

    public int StatusWrites { get; private set; }

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
        stored.Remove(key);
        cache.Remove(key);
    }

    public Task<TaskList> ListAsync(TaskKind kind, CancellationToken cancellation) => throw new NotSupportedException();

    public IAsyncEnumerable<ObjectChange> WatchAsync(TaskKind kind, string resourceVersion, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<JsonObject?> WriteStatusAsync(TaskKey key, JsonObject task, CancellationToken cancellation)
    {
        if (!stored.TryGetValue(key, out var now) || now["metadata"]!["resourceVersion"]!.GetValue<string>() != task["metadata"]!["resourceVersion"]!.GetValue<string>())
            return Task.FromResult<JsonObject?>(null);
        StatusWrites++;
        var written = now.DeepClone().AsObject();
        written["status"] = task["status"]!.DeepClone();
        written["metadata"]!["resourceVersion"] = (++version).ToString(CultureInfo.InvariantCulture);
        stored[key] = written;
        return Task.FromResult<JsonObject?>(written.DeepClone().AsObject());
    }
}
