using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Controller.Reconciling;

/// <summary>The task objects as the API server last told them. Objects in here are never changed, only replaced.</summary>
internal sealed class TaskCache
{
    private readonly ConcurrentDictionary<TaskKey, JsonObject> objects = new();
    private int membership;

    /// <summary>Changes whenever a task comes, goes, or is replaced by another of its name.</summary>
    public int Membership => Volatile.Read(ref membership);

    /// <summary>Whether an object is deleted, or will be as soon as whoever holds it lets go: its task ends now.</summary>
    public static bool IsGone(JsonObject? task) => task is null || task["metadata"]?["deletionTimestamp"] is not null;

    public IReadOnlyList<TaskKey> Keys => [.. objects.Keys.OrderBy(key => key.Kind).ThenBy(key => key.Name, StringComparer.Ordinal)];

    public JsonObject? Find(TaskKey key) => objects.GetValueOrDefault(key);

    public void Put(TaskKey key, JsonObject task)
    {
        var old = Find(key);
        objects[key] = task;
        if (IsGone(old) != IsGone(task) || UidOf(old) != UidOf(task))
            Interlocked.Increment(ref membership);
    }

    /// <summary>Takes over what was written in place of what was read for it, unless the API server has told something newer since.</summary>
    public void Refresh(TaskKey key, JsonObject read, JsonObject written) => objects.TryUpdate(key, written, read);

    public void Remove(TaskKey key)
    {
        if (objects.TryRemove(key, out _))
            Interlocked.Increment(ref membership);
    }

    /// <summary>Takes over a whole list of one kind.</summary>
    /// <returns>The keys of which anything may have changed.</returns>
    public IReadOnlyCollection<TaskKey> Replace(TaskKind kind, IReadOnlyDictionary<string, JsonObject> listed)
    {
        var gone = objects.Keys.Where(key => key.Kind == kind && !listed.ContainsKey(key.Name)).ToList();
        foreach (var key in gone)
            Remove(key);
        foreach (var (name, task) in listed)
            Put(new TaskKey(kind, name), task);
        return [.. gone, .. listed.Keys.Select(name => new TaskKey(kind, name))];
    }

    private static string? UidOf(JsonObject? task) => task?["metadata"]?["uid"]?.GetValue<string>();
}
