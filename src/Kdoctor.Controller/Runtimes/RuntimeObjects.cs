using System.Text.Json.Nodes;
using Kdoctor.Core.Deployment;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Controller.Runtimes;

/// <summary>
/// What a task's own agents should consist of, as a function of the task and the default agents' objects. Pure.
/// 1. A DaemonSet or a Deployment with the default agents' pod, changed as <c>agentSpec</c> says.
/// 2. A Service for each family that the default agents have one for.
/// 3. An Ingress, where the task asks for one.
/// All of it belongs to the task and goes with it.
/// </summary>
internal sealed class RuntimeObjects(TaskDefinition task, RuntimeTemplate template, string ns, AgentPorts? hostPorts)
{
    private readonly string name = RuntimeNames.Of(task);

    public IReadOnlyList<RuntimeObject> All()
    {
        var objects = new List<RuntimeObject> { Workload() };
        if (template.ServiceV4 is { } v4)
            objects.Add(Service(v4, RuntimeNames.ServiceV4(name)));
        if (template.ServiceV6 is { } v6)
            objects.Add(Service(v6, RuntimeNames.ServiceV6(name)));
        if (WantsIngress(task) && template.Ingress is { } ingress)
            objects.Add(Ingress(ingress));
        return objects;
    }

    /// <summary>Whether the task tests through an Ingress.</summary>
    public static bool WantsIngress(TaskDefinition task) => task.Targets.OfType<MeshQuery>().Any(query => query.Channel == Channel.Ingress);

    // 1. The workload.
    private RuntimeObject Workload()
    {
        var deployment = task.OwnAgents!.Kind == "Deployment";
        var pod = RuntimePod.Of(template.DaemonSet["spec"]!["template"]!.AsObject(), task, Labels(), hostPorts);
        var spec = new JsonObject { ["selector"] = new JsonObject { ["matchLabels"] = Labels() }, ["template"] = pod };
        if (deployment)
            spec["replicas"] = task.OwnAgents.DeploymentReplicas ?? 1;
        else if (template.DaemonSet["spec"]!["updateStrategy"] is { } strategy)
            spec["updateStrategy"] = strategy.DeepClone();
        return deployment ? Of(RuntimeKind.Deployment, name, spec) : Of(RuntimeKind.DaemonSet, name, spec);
    }

    // 2. The Services: the installed one's, but for what the API server gave to that one alone.
    private RuntimeObject Service(JsonObject installed, string service)
    {
        var spec = installed["spec"]!.DeepClone().AsObject();
        foreach (var given in new[] { "clusterIP", "clusterIPs", "healthCheckNodePort", "loadBalancerIP", "externalIPs" })
            spec.Remove(given);
        foreach (var port in spec["ports"]?.AsArray() ?? [])
            port!.AsObject().Remove("nodePort");
        spec["selector"] = Labels();
        return Of(RuntimeKind.Service, service, spec, installed["metadata"]?["annotations"] as JsonObject);
    }

    // 3. The Ingress: a path of its own below the default one's, so that both can be had from one ingress controller.
    private RuntimeObject Ingress(JsonObject installed)
    {
        var spec = installed["spec"]!.DeepClone().AsObject();
        foreach (var rule in spec["rules"]?.AsArray() ?? [])
        {
            foreach (var path in rule?["http"]?["paths"]?.AsArray() ?? [])
            {
                path!["path"] = $"{path["path"]?.GetValue<string>().TrimEnd('/')}/{name}";
                if (path["backend"]?["service"] is JsonObject service)
                    service["name"] = service["name"]?.GetValue<string>() == ClusterNames.AgentServiceV6 ? RuntimeNames.ServiceV6(name) : RuntimeNames.ServiceV4(name);
            }
        }
        return Of(RuntimeKind.Ingress, name, spec, installed["metadata"]?["annotations"] as JsonObject);
    }

    private RuntimeObject Of(RuntimeKind kind, string objectName, JsonObject spec, JsonObject? annotations = null)
    {
        var metadata = new JsonObject
        {
            ["name"] = objectName,
            ["namespace"] = ns,
            ["labels"] = Labels(),
            ["ownerReferences"] = new JsonArray(new JsonObject
            {
                ["apiVersion"] = "kdoctor.io/v1beta1",
                ["kind"] = task.Kind.ToString(),
                ["name"] = task.Name,
                ["uid"] = task.Uid,
                ["controller"] = true,
                ["blockOwnerDeletion"] = true,
            }),
        };

        // What an ingress controller or a cloud was told about the default one holds here too; what kubectl noted does not.
        var wanted = (annotations ?? []).Where(entry => !entry.Key.Contains("kubectl.kubernetes.io/", StringComparison.Ordinal)).ToList();
        if (wanted.Count > 0)
            metadata["annotations"] = new JsonObject(wanted.Select(entry => KeyValuePair.Create(entry.Key, entry.Value?.DeepClone())));
        return new RuntimeObject(kind, objectName, new JsonObject { ["apiVersion"] = kind.ApiVersion, ["kind"] = kind.Name, ["metadata"] = metadata, ["spec"] = spec });
    }

    private JsonObject Labels() => new()
    {
        [ClusterNames.NameLabel] = name,
        [ClusterNames.PartOfLabel] = ClusterNames.PartOf,
        [ClusterNames.RuntimeLabel] = name,
    };
}

/// <summary>One object of a runtime as it should be.</summary>
internal sealed record RuntimeObject(RuntimeKind Kind, string Name, JsonObject Wanted);
