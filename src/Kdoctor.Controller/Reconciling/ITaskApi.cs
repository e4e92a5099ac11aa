using System.Text.Json.Nodes;
using Kdoctor.Controller.Objects;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Controller.Reconciling;

/// <summary>What the controller asks of a Kubernetes API server, real or embedded, about tasks.</summary>
internal interface ITaskApi
{
    /// <summary>All objects of a kind, and the version from which a watch continues.</summary>
    /// <exception cref="ApiServerException">The server refused, or did not answer.</exception>
    Task<TaskList> ListAsync(TaskKind kind, CancellationToken cancellation);

    /// <summary>Changes since a version, until the server ends the watch.</summary>
    /// <exception cref="ApiServerException">The server refused (410: list again), or did not answer.</exception>
    IAsyncEnumerable<ObjectChange> WatchAsync(TaskKind kind, string resourceVersion, CancellationToken cancellation);

    /// <summary>Replaces an object's status, if the object still has the resourceVersion that is given in it.</summary>
    /// <returns>The object as stored; null when it has changed or is gone.</returns>
    /// <exception cref="ApiServerException">The server refused, or did not answer.</exception>
    Task<JsonObject?> WriteStatusAsync(TaskKey key, JsonObject task, CancellationToken cancellation);
}

/// <summary>A list of task objects.</summary>
internal sealed record TaskList(IReadOnlyDictionary<string, JsonObject> ByName, string ResourceVersion);
