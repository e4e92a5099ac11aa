using System.Globalization;
using System.Text.Json.Nodes;
using Kdoctor.Controller.Cluster;
using Kdoctor.Core.Deployment;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Controller.Runtimes;

/// <summary>
/// The default agents' pod, changed as a task's <c>agentSpec</c> says: annotations, affinity, environment, network, resources. Whether the default agents live in
/// the host's network is their own affair; a task's agents that do have ports of their own there.
/// </summary>
internal static class RuntimePod
{
    private const string DnsInHostNetwork = "ClusterFirstWithHostNet";

    public static JsonObject Of(JsonObject template, TaskDefinition task, JsonObject labels, AgentPorts? hostPorts)
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
        Network(spec, task.OwnAgents!.HostNetwork);
        foreach (var container in spec["containers"]?.AsArray().OfType<JsonObject>().Where(container => container["name"]?.GetValue<string>() == ClusterNames.Agent) ?? [])
        {
            if (wish["resources"] is { } resources)
                container["resources"] = resources.DeepClone();
            container["env"] = Environment((container["env"] as JsonArray ?? []).Concat(Listen(hostPorts)), wish["env"] as JsonArray ?? []);
            foreach (var port in container["ports"]?.AsArray().OfType<JsonObject>() ?? [])
                Move(port, hostPorts);
        }
        return pod;
    }

    private static void Network(JsonObject spec, bool ofHost)
    {
        if (ofHost)
            (spec["hostNetwork"], spec["dnsPolicy"]) = (true, DnsInHostNetwork);
        else if (spec.Remove("hostNetwork") && spec["dnsPolicy"]?.GetValue<string>() == DnsInHostNetwork)
            spec.Remove("dnsPolicy");
    }

    private static IEnumerable<JsonNode> Listen(AgentPorts? ports) => ports is null ? [] :
    [
        new JsonObject { ["name"] = AgentVariables.EchoPort, ["value"] = ports.Echo.ToString(CultureInfo.InvariantCulture) },
        new JsonObject { ["name"] = AgentVariables.HealthPort, ["value"] = ports.Health.ToString(CultureInfo.InvariantCulture) },
    ];

    // In the host's network API servers note each port as the host's too.
    private static void Move(JsonObject port, AgentPorts? ports)
    {
        port.Remove("hostPort");
        if (ports is not null && port["name"]?.GetValue<string>() is WorkloadFacts.HttpPort or WorkloadFacts.HealthPort)
            port["containerPort"] = port["name"]!.GetValue<string>() == WorkloadFacts.HttpPort ? ports.Echo : ports.Health;
    }

    // The task's variables come after ours, so that they may refer to them; one of the same name takes the place of ours. No task that was read sets those
    // that make the agent the pod that it is.
    private static JsonArray Environment(IEnumerable<JsonNode?> own, JsonArray wished)
    {
        var names = wished.Select(NameOf).ToHashSet(StringComparer.Ordinal);
        return [.. own.Where(variable => !names.Contains(NameOf(variable))).Concat(wished).Select(variable => variable?.DeepClone())];
    }

    private static string? NameOf(JsonNode? variable) => variable?["name"]?.GetValue<string>();
}
