using Kdoctor.ApiServer.Objects;
using Kdoctor.ApiServer.Resources;

namespace Kdoctor.ApiServer.Storage;

/// <summary>What a full resource does with one more object.</summary>
public enum WhenFull
{
    /// <summary>Refuses it.</summary>
    Refuse,

    /// <summary>Removes the object that was changed longest ago. For events.</summary>
    DropOldest,
}

/// <summary>Keeps the objects of several resources in one SQLite file and in memory, under one growing resourceVersion.</summary>
/// <remarks>
/// 1. A write takes the gate, so that versions, file, memory and watch log change in the same order.
/// 2. It is committed to the file first (write-ahead log: a process killed at any moment loses nothing that was answered), then shown.
/// 3. Reads and watches never touch the file.
/// </remarks>
public sealed class SqliteObjectStore : IDisposable
{
    private readonly SqliteObjectStoreOptions options;
    private readonly SqliteObjectFile file;
    private readonly Dictionary<string, StoredResource> resources = [];

    private SqliteObjectStore(SqliteObjectStoreOptions options, SqliteObjectFile file) =>
        (this.options, this.file, ResourceVersion) = (options, file, file.ReadVersion());

    /// <summary>The version of the last write.</summary>
    public long ResourceVersion { get; private set; }

    internal Lock Gate { get; } = new();

    /// <summary>Opens or creates the file.</summary>
    /// <exception cref="IOException">The file cannot be opened, or is not a store of this version.</exception>
    public static SqliteObjectStore Open(SqliteObjectStoreOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxObjectsPerResource, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxObjectsPerResource, 1_000_000);
        return new SqliteObjectStore(options, SqliteObjectFile.Open(options.Path));
    }

    /// <summary>The part of the store that holds one resource; the same for every call.</summary>
    public IResourceStore Resource(ResourceDefinition definition, WhenFull whenFull = WhenFull.Refuse)
    {
        lock (Gate)
        {
            if (resources.TryGetValue(definition.GroupResource, out var known)) return known;
            var log = new WatchLog(ResourceVersion, this.options.WatchLogCapacity, this.options.WatcherCapacity);
            var added = new StoredResource(this, definition, whenFull, this.options.MaxObjectsPerResource, log, this.file.Read(definition.GroupResource));
            return resources[definition.GroupResource] = added;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (Gate) this.file.Dispose();
    }

    internal long Put(string resource, Func<long, ApiObject> make, out ApiObject stored)
    {
        var version = ResourceVersion + 1;
        stored = make(version);
        this.file.Put(resource, stored, version);
        return ResourceVersion = version;
    }

    internal long Remove(string resource, string? ns, string name)
    {
        var version = ResourceVersion + 1;
        this.file.Remove(resource, ns, name, version);
        return ResourceVersion = version;
    }
}
