using System.Text.Json.Nodes;
using Kdoctor.Core.Deployment;

namespace Kdoctor.Cli.Installing;

/// <summary>What the choices change in the pods of the controller and of the agents.</summary>
internal static class PodSpecs
{
    public static void Change(JsonObject workload, InstallChoices choices)
    {
        var controller = workload["metadata"]!["name"]!.GetValue<string>() == ClusterNames.Controller;
        var pod = workload["spec"]!["template"]!["spec"]!.AsObject();
        var container = pod["containers"]![0]!.AsObject();
        var named = container["image"]!.GetValue<string>();
        container["image"] = (controller ? choices.ControllerImage : choices.AgentImage)
            ?? (choices.ImageRegistry is { } registry ? $"{registry.TrimEnd('/')}/{named}" : named);
        if (!choices.ImagePullSecrets.IsEmpty)
            pod["imagePullSecrets"] = new JsonArray([.. choices.ImagePullSecrets.Select(secret => new JsonObject { ["name"] = secret })]);
        if (!controller)
            return;
        if (choices.Postgres is { } postgres)
            container["env"]!.AsArray().Add(Connection(postgres));
        if (choices.Replicas > 1)
            pod["affinity"] = OnNodesOfTheirOwn(workload);
    }

    private static JsonObject Connection(SecretKey secret) => new()
    {
        ["name"] = "KDOCTOR_POSTGRES",
        ["valueFrom"] = new JsonObject { ["secretKeyRef"] = new JsonObject { ["name"] = secret.Name, ["key"] = secret.Key } },
    };

    private static JsonObject OnNodesOfTheirOwn(JsonObject workload) => new()
    {
        ["podAntiAffinity"] = new JsonObject
        {
            ["preferredDuringSchedulingIgnoredDuringExecution"] = new JsonArray(new JsonObject
            {
                ["weight"] = 100,
                ["podAffinityTerm"] = new JsonObject
                {
                    ["topologyKey"] = "kubernetes.io/hostname",
                    ["labelSelector"] = workload["spec"]!["selector"]!.DeepClone(),
                },
            }),
        },
    };
}
