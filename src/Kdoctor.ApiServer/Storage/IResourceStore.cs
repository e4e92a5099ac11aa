using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Errors;
using Kdoctor.ApiServer.Objects;

namespace Kdoctor.ApiServer.Storage;

/// <summary>Where the objects of a resource are kept. A write that returns is durable, and is seen by every later read and watch.</summary>
public interface IResourceStore : IResourceReader
{
    /// <summary>Adds an object; its resourceVersion is given by the store.</summary>
    /// <returns>The stored object, or 409 when the name is taken, or 403 when the store is full.</returns>
    ValueTask<Attempt<ApiObject>> CreateAsync(JsonObject item, CancellationToken cancellationToken);

    /// <summary>Replaces an object.</summary>
    /// <param name="item">The new content, with the name and namespace of the old.</param>
    /// <param name="expectedVersion">The version that is replaced.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    /// <returns>The stored object, 404, or 409 when the object has another version by now.</returns>
    ValueTask<Attempt<ApiObject>> UpdateAsync(JsonObject item, long expectedVersion, CancellationToken cancellationToken);

    /// <summary>Removes an object.</summary>
    /// <returns>Its last state at the version of the deletion, 404, or 409 when the object has another version by now.</returns>
    ValueTask<Attempt<ApiObject>> DeleteAsync(string? ns, string name, long expectedVersion, CancellationToken cancellationToken);
}
