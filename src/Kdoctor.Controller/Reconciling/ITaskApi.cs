using System.Text.Json.Nodes;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Controller.Reconciling;

/// <summary>What the controller asks of a Kubernetes API server, real or embedded, about tasks.</summary>
internal interface ITaskApi
{
    /// <summary>All objects of a kind, and the version from which a watch continues.</summary>
    /// <exception cref="TaskApiException">The server refused, or did not answer.</exception>
    Task<TaskList> ListAsync(TaskKind kind, CancellationToken cancellation);

    /// <summary>Changes since a version, until the server ends the watch.</summary>
    /// <exception cref="TaskApiException">The server refused (410: list again), or did not answer.</exception>
    IAsyncEnumerable<TaskChange> WatchAsync(TaskKind kind, string resourceVersion, CancellationToken cancellation);

    /// <summary>Replaces an object's status, if the object still has the resourceVersion that is given in it.</summary>
    /// <returns>The object as stored; null when it has changed or is gone.</returns>
    /// <exception cref="TaskApiException">The server refused, or did not answer.</exception>
    Task<JsonObject?> WriteStatusAsync(TaskKey key, JsonObject task, CancellationToken cancellation);
}

/// <summary>A list of task objects.</summary>
internal sealed record TaskList(IReadOnlyDictionary<string, JsonObject> ByName, string ResourceVersion);

/// <summary>One event of a watch.</summary>
/// <param name="Task">The object.</param>
/// <param name="Kind">What happened to it.</param>
internal sealed record TaskChange(JsonObject Task, TaskChangeKind Kind);

/// <summary>What happened to a task object.</summary>
internal enum TaskChangeKind
{
    /// <summary>It is new or different.</summary>
    Stored = 1,

    /// <summary>It is gone.</summary>
    Deleted = 2,

    /// <summary>Nothing; the watch is at this version.</summary>
    Bookmark = 3,
}

/// <summary>The API server refused or did not answer.</summary>
internal sealed class TaskApiException(string message, int? status = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The answer's HTTP status; null without an answer.</summary>
    public int? Status { get; } = status;
}
