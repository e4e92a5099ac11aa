using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Kdoctor.Controller.Cluster;
using Kdoctor.Core.Tasks;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.Reconciling;

/// <summary>
/// Events about tasks, for <c>kubectl describe</c>. Each message is told once: its name is its hash, so that a second one meets the first. A task has no
/// namespace, and the events of what has none live in the namespace default.
/// </summary>
internal sealed partial class TaskEvents(KubernetesObjects objects, TimeProvider time, ILogger<TaskEvents> logger)
{
    private const string Path = "api/v1/namespaces/default/events";
    private const int MaxMessageLength = 1000;
    private const int MaxTold = 1000;

    private readonly ILogger logger = logger;
    private readonly HashSet<string> told = new(StringComparer.Ordinal);

    /// <summary>Warns of something. That an event cannot be written stops nothing.</summary>
    public async Task WarnAsync(TaskDefinition task, string reason, string message, CancellationToken cancellation)
    {
        var name = $"{task.Name[..Math.Min(task.Name.Length, 200)].TrimEnd('.', '-')}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{task.Uid} {reason} {message}")))[..16]}";
        if (told.Count >= MaxTold)
            told.Clear();
        if (!told.Add(name))
            return;
        var now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        try
        {
            await objects.SendAsync(HttpMethod.Post, Path, Of(task, name, reason, message[..Math.Min(message.Length, MaxMessageLength)], now), cancellation).ConfigureAwait(false);
        }
        catch (ApiServerException refused)
        {
            if (refused.Status != 409)
                LogUntold(task.Name, refused.Message);
        }
    }

    private static JsonObject Of(TaskDefinition task, string name, string reason, string message, string now) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Event",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" },
        ["involvedObject"] = new JsonObject { ["apiVersion"] = "kdoctor.io/v1beta1", ["kind"] = task.Kind.ToString(), ["name"] = task.Name, ["uid"] = task.Uid },
        ["type"] = "Warning",
        ["reason"] = reason,
        ["message"] = message,
        ["source"] = new JsonObject { ["component"] = "kdoctor-controller" },
        ["firstTimestamp"] = now,
        ["lastTimestamp"] = now,
        ["count"] = 1,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "An event about task {Task} could not be written: {Reason}")]
    private partial void LogUntold(string task, string reason);
}
