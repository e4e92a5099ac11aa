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

    private readonly SqliteObjectStore store;
    private readonly ResourceDefinition definition;
    private readonly WhenFull whenFull;
    private readonly int maxObjects;
    private readonly WatchLog log;
    private readonly SortedDictionary<(string? Namespace, string Name), ApiObject> items = new(Order);

    public StoredResource(
        SqliteObjectStore store, ResourceDefinition definition, WhenFull whenFull, int maxObjects, WatchLog log, IReadOnlyList<ApiObject> items)
    {
        (this.store, this.definition, this.whenFull, this.maxObjects, this.log) = (store, definition, whenFull, maxObjects, log);
        foreach (var item in items) this.items.Add((item.Namespace, item.Name), item);
    }

    public ValueTask<ApiObject?> GetAsync(string? ns, string name, CancellationToken cancellationToken)
    {
        lock (this.store.Gate) return ValueTask.FromResult(this.items.GetValueOrDefault((ns, name)));
    }

    public ValueTask<ObjectList> ListAsync(string? ns, CancellationToken cancellationToken)
    {
        lock (this.store.Gate) return ValueTask.FromResult(Present(ns));
    }

    public Attempt<WatchSubscription> Watch(long? since)
    {
        lock (this.store.Gate) return since is { } version ? this.log.Follow(version, this.store.ResourceVersion) : this.log.FollowFrom(Present(null));
    }

    public ValueTask<Attempt<ApiObject>> CreateAsync(JsonObject item, CancellationToken cancellationToken)
    {
        lock (this.store.Gate) return ValueTask.FromResult(Create(item));
    }

    public ValueTask<Attempt<ApiObject>> UpdateAsync(JsonObject item, long expectedVersion, CancellationToken cancellationToken)
    {
        lock (this.store.Gate) return ValueTask.FromResult(Update(item, expectedVersion));
    }

    public ValueTask<Attempt<ApiObject>> DeleteAsync(string? ns, string name, long expectedVersion, CancellationToken cancellationToken)
    {
        lock (this.store.Gate)
        {
            Attempt<ApiObject> removed = Current(ns, name, expectedVersion).Succeeded(out var old, out var error) ? Remove(old) : error;
            return ValueTask.FromResult(removed);
        }
    }

    private ObjectList Present(string? ns) =>
        new(this.store.ResourceVersion, [.. this.items.Values.Where(item => ns is null || item.Namespace == ns)]);

    private Attempt<ApiObject> Create(JsonObject item)
    {
        var (ns, name) = (item.Metadata().Text("namespace"), item.Metadata().Text("name")!);
        if (this.items.ContainsKey((ns, name))) return ApiErrors.AlreadyExists(this.definition, name);
        if (this.items.Count >= this.maxObjects)
        {
            if (this.whenFull == WhenFull.Refuse)
                return ApiErrors.Forbidden($"{this.definition.GroupResource} \"{name}\" is forbidden: this server keeps at most {this.maxObjects}; delete some");
            Remove(this.items.Values.MinBy(kept => kept.ResourceVersion)!);
        }

        return Put(item, null);
    }

    private Attempt<ApiObject> Update(JsonObject item, long expectedVersion) =>
        Current(item.Metadata().Text("namespace"), item.Metadata().Text("name")!, expectedVersion).Succeeded(out var old, out var error)
            ? Put(item, old)
            : error;

    private Attempt<ApiObject> Current(string? ns, string name, long expectedVersion)
    {
        if (!this.items.TryGetValue((ns, name), out var old)) return ApiErrors.NotFound(this.definition, name);
        return old.ResourceVersion == expectedVersion ? old : ApiErrors.Modified(this.definition, name);
    }

    private ApiObject Put(JsonObject item, ApiObject? old)
    {
        this.store.Put(this.definition.GroupResource, version => AtVersion(item, version), out var stored);
        this.items[(stored.Namespace, stored.Name)] = stored;
        this.log.Publish(new WatchEvent(old is null ? WatchEventType.Added : WatchEventType.Modified, stored, old));
        return stored;
    }

    private ApiObject Remove(ApiObject old)
    {
        var version = this.store.Remove(this.definition.GroupResource, old.Namespace, old.Name);
        this.items.Remove((old.Namespace, old.Name));
        var last = AtVersion(old.ToJson(), version);
        this.log.Publish(new WatchEvent(WatchEventType.Deleted, last, old));
        return last;
    }

    private static ApiObject AtVersion(JsonObject item, long version)
    {
        item.Metadata()["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture);
        return new ApiObject(item);
    }
}
