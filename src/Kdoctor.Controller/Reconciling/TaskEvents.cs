using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Kdoctor.Controller.Objects;
using Kdoctor.Core.Deployment;
using Kdoctor.Core.Tasks;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Reconciling;

/// <summary>
/// Events about tasks, of <c>core/v1</c>: where <c>kubectl describe</c> and <c>kubectl get events</c> look, in every version alike. A task has no namespace, and the
/// events of what has none live in the namespace default. An event's name is a hash of what it says, so that the same, said again by whatever replica, is
/// counted and not repeated. One caller at a time: the reconciler.
/// </summary>
internal sealed partial class TaskEvents(KubernetesObjects objects, TimeProvider time, ILogger<TaskEvents> logger)
{
    private const string Collection = "api/v1/namespaces/default/events";

    // What an API server takes (the validation of core/v1 Event).
    private const int MaxMessage = 1024;
    private const int MaxTaskName = 200;

    // So many at once, and then one a second; what goes beyond is in the tasks' status only.
    private const int Burst = 25;
    private const int MaxSaid = 1000;

    private readonly ILogger logger = logger;
    private readonly Dictionary<string, int> said = new(StringComparer.Ordinal);
    private double left = Burst;
    private DateTimeOffset counted = time.GetUtcNow();

    /// <summary>Says that a task is not served, and why. Counted each time. Never throws but for a cancellation: the status says the same.</summary>
    public Task RefusedAsync(JsonObject task, IReadOnlyCollection<Problem> problems, CancellationToken cancellation)
    {
        var involved = new JsonObject { ["apiVersion"] = task["apiVersion"]?.DeepClone(), ["kind"] = task["kind"]?.DeepClone() };
        foreach (var field in new[] { "name", "uid", "resourceVersion" })
            involved[field] = task["metadata"]?[field]?.DeepClone();
        return TellAsync(involved, "Invalid", string.Join("\n", problems.Select(problem => problem.InField)), again: true, cancellation);
    }

    /// <summary>Warns of something, once. That an event cannot be written stops nothing.</summary>
    public Task WarnAsync(TaskKey task, string uid, string reason, string message, CancellationToken cancellation) => TellAsync(
        new JsonObject { ["apiVersion"] = "kdoctor.io/v1beta1", ["kind"] = task.Kind.ToString(), ["name"] = task.Name, ["uid"] = uid }, reason, message, again: false, cancellation);

    private async Task TellAsync(JsonObject involved, string reason, string message, bool again, CancellationToken cancellation)
    {
        if (message.Length > MaxMessage)
            message = message[..(MaxMessage - 3)] + "...";
        var place = new ObjectPlace(Collection, NameOf(involved, reason, message));
        if ((!again && said.ContainsKey(place.Name)) || !TryTake())
            return;
        try
        {
            await WriteAsync(place, involved, reason, message, cancellation).ConfigureAwait(false);
        }
        catch (ApiServerException refused)
        {
            LogUntold(involved["name"]!.GetValue<string>(), refused.Message);
        }
    }

    private async Task WriteAsync(ObjectPlace place, JsonObject involved, string reason, string message, CancellationToken cancellation)
    {
        var now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var times = 1;
        try
        {
            await objects.SendAsync(HttpMethod.Post, Collection, Of(place.Name, involved, reason, message, now), cancellation).ConfigureAwait(false);
        }
        catch (ApiServerException exists) when (exists.IsConflict)
        {
            // What it counted so far could be read, but the right to read a namespace's events is not worth asking for.
            times = said.GetValueOrDefault(place.Name, 1) + 1;
            await objects.MergeAsync(place.Path, new JsonObject { ["count"] = times, ["lastTimestamp"] = now }, cancellation).ConfigureAwait(false);
        }
        if (said.Count >= MaxSaid)
            said.Clear();
        said[place.Name] = times;
    }

    private static JsonObject Of(string name, JsonObject involved, string reason, string message, string now) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Event",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" },
        ["involvedObject"] = involved.DeepClone(),
        ["type"] = "Warning",
        ["reason"] = reason,
        ["message"] = message,
        ["source"] = new JsonObject { ["component"] = ClusterNames.Controller },
        ["firstTimestamp"] = now,
        ["lastTimestamp"] = now,
        ["count"] = 1,
    };

    private static string NameOf(JsonObject involved, string reason, string message)
    {
        var name = involved["name"]!.GetValue<string>();
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{involved["kind"]} {involved["uid"]} {reason} {message}")))[..16];
        return $"{name[..Math.Min(name.Length, MaxTaskName)].TrimEnd('.', '-')}.{hash}";
    }

    private bool TryTake()
    {
        var now = time.GetUtcNow();
        left = Math.Min(Burst, left + (now - counted).TotalSeconds);
        counted = now;
        if (left < 1)
            return false;
        left--;
        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "An event about task {Task} could not be written: {Reason}; the task's status says the same")]
    private partial void LogUntold(string task, string reason);
}
