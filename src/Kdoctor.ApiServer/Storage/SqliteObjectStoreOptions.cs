namespace Kdoctor.ApiServer.Storage;

/// <summary>Where a <see cref="SqliteObjectStore"/> keeps its objects and how many.</summary>
public sealed record SqliteObjectStoreOptions
{
    /// <summary>Path of the database file; <c>:memory:</c> for none.</summary>
    public required string Path { get; init; }

    /// <summary>Objects kept per resource, 1..1,000,000. A store that is full refuses creations, or drops the oldest where the resource says so.</summary>
    public int MaxObjectsPerResource { get; init; } = 10_000;

    /// <summary>Changes kept per resource for watches that resume, at least 1.</summary>
    public int WatchLogCapacity { get; init; } = 1000;

    /// <summary>Changes that a watcher may be behind before it is cut, at least 1.</summary>
    public int WatcherCapacity { get; init; } = 1000;
}
