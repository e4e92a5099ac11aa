using System.Globalization;
using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Errors;
using Kdoctor.ApiServer.Objects;
using Kdoctor.ApiServer.Resources;

namespace Kdoctor.ApiServer.Storage;

/// <summary>One resource of a <see cref="SqliteObjectStore"/>: its objects in memory, in order, and its watch log.</summary>
internal sealed class StoredResource : IResourceStore
{
    private static readonly Comparer<(string? Namespace, string Name)> Order =
        Comparer<(string? Namespace, string Name)>.Create(ApiObject.Compare);

    private readonly SqliteObjectStore _store;
    private readonly ResourceDefinition _definition;
    private readonly WhenFull _whenFull;
    private readonly int _maxObjects;
    private readonly WatchLog _log;
    private readonly SortedDictionary<(string? Namespace, string Name), ApiObject> _items = new(Order);

    public StoredResource(
        SqliteObjectStore store, ResourceDefinition definition, WhenFull whenFull, int maxObjects, WatchLog log, IReadOnlyList<ApiObject> items)
    {
        (_store, _definition, _whenFull, _maxObjects, _log) = (store, definition, whenFull, maxObjects, log);
        foreach (var item in items) _items.Add((item.Namespace, item.Name), item);
    }

    public ValueTask<ApiObject?> GetAsync(string? ns, string name, CancellationToken cancellationToken)
    {
        lock (_store.Gate) return ValueTask.FromResult(_items.GetValueOrDefault((ns, name)));
    }

    public ValueTask<ObjectList> ListAsync(string? ns, CancellationToken cancellationToken)
    {
        lock (_store.Gate) return ValueTask.FromResult(Present(ns));
    }

    public Attempt<WatchSubscription> Watch(long? since)
    {
        lock (_store.Gate) return since is { } version ? _log.Follow(version, _store.ResourceVersion) : _log.FollowFrom(Present(null));
    }

    public ValueTask<Attempt<ApiObject>> CreateAsync(JsonObject item, CancellationToken cancellationToken)
    {
        lock (_store.Gate) return ValueTask.FromResult(Create(item));
    }

    public ValueTask<Attempt<ApiObject>> UpdateAsync(JsonObject item, long expectedVersion, CancellationToken cancellationToken)
    {
        lock (_store.Gate) return ValueTask.FromResult(Update(item, expectedVersion));
    }

    public ValueTask<Attempt<ApiObject>> DeleteAsync(string? ns, string name, long expectedVersion, CancellationToken cancellationToken)
    {
        lock (_store.Gate)
        {
            Attempt<ApiObject> removed = Current(ns, name, expectedVersion).Succeeded(out var old, out var error) ? Remove(old) : error;
            return ValueTask.FromResult(removed);
        }
    }

    private ObjectList Present(string? ns) =>
        new(_store.ResourceVersion, [.. _items.Values.Where(item => ns is null || item.Namespace == ns)]);

    private Attempt<ApiObject> Create(JsonObject item)
    {
        var (ns, name) = (item.Metadata().Text("namespace"), item.Metadata().Text("name")!);
        if (_items.ContainsKey((ns, name))) return ApiErrors.AlreadyExists(_definition, name);
        if (_items.Count >= _maxObjects)
        {
            if (_whenFull == WhenFull.Refuse)
                return ApiErrors.Forbidden($"{_definition.GroupResource} \"{name}\" is forbidden: this server keeps at most {_maxObjects}; delete some");
            Remove(_items.Values.MinBy(kept => kept.ResourceVersion)!);
        }

        return Put(item, null);
    }

    private Attempt<ApiObject> Update(JsonObject item, long expectedVersion) =>
        Current(item.Metadata().Text("namespace"), item.Metadata().Text("name")!, expectedVersion).Succeeded(out var old, out var error)
            ? Put(item, old)
            : error;

    private Attempt<ApiObject> Current(string? ns, string name, long expectedVersion)
    {
        if (!_items.TryGetValue((ns, name), out var old)) return ApiErrors.NotFound(_definition, name);
        return old.ResourceVersion == expectedVersion ? old : ApiErrors.Modified(_definition, name);
    }

    private ApiObject Put(JsonObject item, ApiObject? old)
    {
        _store.Put(_definition.GroupResource, version => AtVersion(item, version), out var stored);
        _items[(stored.Namespace, stored.Name)] = stored;
        _log.Publish(new WatchEvent(old is null ? WatchEventType.Added : WatchEventType.Modified, stored, old));
        return stored;
    }

    private ApiObject Remove(ApiObject old)
    {
        var version = _store.Remove(_definition.GroupResource, old.Namespace, old.Name);
        _items.Remove((old.Namespace, old.Name));
        var last = AtVersion(old.ToJson(), version);
        _log.Publish(new WatchEvent(WatchEventType.Deleted, last, old));
        return last;
    }

    private static ApiObject AtVersion(JsonObject item, long version)
    {
        item.Metadata()["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture);
        return new ApiObject(item);
    }
}
