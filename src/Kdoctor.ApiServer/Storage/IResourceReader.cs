using Kdoctor.ApiServer.Errors;
using Kdoctor.ApiServer.Objects;

namespace Kdoctor.ApiServer.Storage;

/// <summary>Objects at one moment, ordered by namespace and name (ordinal).</summary>
/// <param name="ResourceVersion">A watch since this version misses nothing and repeats nothing.</param>
/// <param name="Items">The objects.</param>
public sealed record ObjectList(long ResourceVersion, IReadOnlyList<ApiObject> Items);

/// <summary>Where the objects of a resource are read. A virtual resource implements this alone.</summary>
public interface IResourceReader
{
    /// <summary>One object, or null. A reader may also answer to an alias; the object then carries its true name.</summary>
    /// <param name="ns">Namespace; null at cluster scope.</param>
    /// <param name="name">Name as it was asked for.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    ValueTask<ApiObject?> GetAsync(string? ns, string name, CancellationToken cancellationToken);

    /// <summary>What to ask for in place of a name that has no object; null where nothing can be said.</summary>
    /// <param name="name">Name as it was asked for.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    ValueTask<string?> InsteadOfAsync(string name, CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);

    /// <summary>All objects of a namespace, or of all.</summary>
    /// <param name="ns">Namespace; null for all.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    ValueTask<ObjectList> ListAsync(string? ns, CancellationToken cancellationToken);

    /// <summary>Changes of all namespaces; <see cref="WatchLog"/> does the work.</summary>
    /// <param name="since">Changes after this version; null for the present objects as additions, and then changes.</param>
    /// <returns>The subscription, or 410 when changes since then are no longer kept.</returns>
    Attempt<WatchSubscription> Watch(long? since);
}
