using System.Text.Json.Nodes;

namespace Kdoctor.Cli.Installing;

/// <summary>Why a pod, or its node, is not ready, in the cluster's own words.</summary>
internal static class PodTrouble
{
    /// <summary>Null when the pod is ready.</summary>
    public static string? Of(JsonObject pod)
    {
        var conditions = pod["status"]?["conditions"] as JsonArray;
        if (Condition(conditions, "Ready")?["status"]?.ToString() == "True")
            return null;
        if (Condition(conditions, "PodScheduled") is { } scheduled && scheduled["status"]?.ToString() == "False")
            return $"not scheduled: {scheduled["message"]}";
        foreach (var container in pod["status"]?["containerStatuses"]?.AsArray() ?? [])
        {
            if (OfContainer(container!) is { } reason)
                return reason;
        }
        return $"pod is {pod["status"]?["phase"]?.ToString() ?? "Pending"}";
    }

    /// <summary>Null when the node is ready.</summary>
    public static string? OfNode(JsonObject node)
    {
        var ready = Condition(node["status"]?["conditions"] as JsonArray, "Ready");
        return ready?["status"]?.ToString() == "True" ? null : $"the node is not ready: {ready?["message"]?.ToString() ?? "it has not reported yet"}";
    }

    /// <summary>The node that the pod is on or is meant for.</summary>
    public static string NodeOf(JsonObject pod)
    {
        if (pod["spec"]?["nodeName"]?.ToString() is { Length: > 0 } node)
            return node;
        var terms = pod["spec"]?["affinity"]?["nodeAffinity"]?["requiredDuringSchedulingIgnoredDuringExecution"]?["nodeSelectorTerms"]?.AsArray();
        return terms?.FirstOrDefault()?["matchFields"]?.AsArray().FirstOrDefault()?["values"]?.AsArray().FirstOrDefault()?.ToString() ?? "(none yet)";
    }

    private static string? OfContainer(JsonNode container)
    {
        var last = container["lastState"]?["terminated"] ?? container["state"]?["terminated"];
        var ended = last is null ? "" : $"; it last ended with code {last["exitCode"]} ({last["reason"]})";
        if (container["state"]?["waiting"] is { } waiting)
            return $"{waiting["reason"]}{(waiting["message"] is { } message ? $": {message}" : "")}{ended}";
        return container["state"]?["running"] is not null ? $"its container runs and is not ready yet{ended}" : ended.Length > 0 ? ended[2..] : null;
    }

    private static JsonNode? Condition(JsonArray? conditions, string type) => conditions?.FirstOrDefault(condition => condition!["type"]?.ToString() == type);
}
