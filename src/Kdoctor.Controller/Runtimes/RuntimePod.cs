using System.Text.Json.Nodes;
using Kdoctor.Core.Deployment;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Controller.Runtimes;

/// <summary>The default agents' pod, changed as a task's <c>agentSpec</c> says: annotations, affinity, environment, host network, resources.</summary>
internal static class RuntimePod
{
    public static JsonObject Of(JsonObject template, TaskDefinition task, JsonObject labels)
    {
        var pod = template.DeepClone().AsObject();
        var wish = task.Spec["agentSpec"]!.AsObject();
        var annotations = pod["metadata"]?["annotations"]?.DeepClone().AsObject() ?? [];
        foreach (var (key, value) in wish["annotation"] as JsonObject ?? [])
            annotations[key] = value?.DeepClone();
        pod["metadata"] = new JsonObject { ["labels"] = labels };
        if (annotations.Count > 0)
            pod["metadata"]!["annotations"] = annotations;

        var spec = pod["spec"]!.AsObject();
        if (wish["affinity"] is { } affinity)
            spec["affinity"] = affinity.DeepClone();
        if (task.OwnAgents!.HostNetwork)
        {
            spec["hostNetwork"] = true;
            spec["dnsPolicy"] = "ClusterFirstWithHostNet";
        }
        foreach (var container in spec["containers"]?.AsArray().OfType<JsonObject>().Where(container => container["name"]?.GetValue<string>() == ClusterNames.Agent) ?? [])
        {
            if (wish["resources"] is { } resources)
                container["resources"] = resources.DeepClone();
            container["env"] = Environment(container["env"] as JsonArray ?? [], wish["env"] as JsonArray ?? []);
        }
        return pod;
    }

    // The task's variables come after ours, so that they may refer to them; one of the same name takes the place of ours. No task that was read sets those
    // that make the agent the pod that it is.
    private static JsonArray Environment(JsonArray own, JsonArray wished)
    {
        var names = wished.Select(NameOf).ToHashSet(StringComparer.Ordinal);
        return [.. own.Where(variable => !names.Contains(NameOf(variable))).Concat(wished).Select(variable => variable?.DeepClone())];
    }

    private static string? NameOf(JsonNode? variable) => variable?["name"]?.GetValue<string>();
}
