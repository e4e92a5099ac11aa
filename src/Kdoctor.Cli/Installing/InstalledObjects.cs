using System.Text.Json.Nodes;
using Kdoctor.Core.Deployment;

namespace Kdoctor.Cli.Installing;

/// <summary>
/// All objects of an installation, in the order in which they are made.
/// 1. The base, as its files have it.
/// 2. What the choices and the cluster add or leave out.
/// 3. What the choices change in objects.
/// 4. The namespace.
/// </summary>
internal static class InstalledObjects
{
    private const string Data = "data";
    private const string Rounds = "rounds";

    public static IReadOnlyList<JsonObject> Build(InstallChoices choices, ClusterFacts facts)
    {
        // 1. The base.
        var objects = BaseObjects.Read().ToList();
        var settings = SettingsDocument.Of(choices);

        // 2. More, or fewer, objects.
        if (facts.IPv6)
            objects.Add(BaseObjects.ServiceIPv6());
        if (!facts.IPv4)
            objects.Remove(Find(objects, "Service", ClusterNames.AgentServiceV4));
        if (!choices.Ingress)
            objects.Remove(Find(objects, "Ingress", ClusterNames.Agent));
        if (choices.ControllerNodePort)
            objects.Add(BaseObjects.ControllerNodePort());
        if (choices.NetworkPolicies)
            objects.AddRange(BaseObjects.NetworkPolicies());
        if (choices.Replicas > 1)
            objects.Add(Versioned(BaseObjects.DisruptionBudget(), facts));
        foreach (var space in settings.SecretNamespaces)
            objects.AddRange(BaseObjects.SecretsReader().Select(reader => InNamespace(reader, space)));
        if (choices.StorageSize is not null)
            objects.Add(Claim(choices));

        // 3. Changes.
        PodSpecs.Change(Find(objects, "DaemonSet", ClusterNames.Agent), choices);
        PodSpecs.Change(Find(objects, "Deployment", ClusterNames.Controller), choices);
        AgentChoices(objects, choices, facts);
        ControllerChoices(objects, choices, settings);
        if (choices.HostNetwork || choices.AllowHostNetwork)
            Find(objects, "Namespace", ClusterNames.Namespace)["metadata"]!["labels"]!["pod-security.kubernetes.io/enforce"] = "privileged";
        if (facts.ForeignNamespace)
            objects.Remove(Find(objects, "Namespace", ClusterNames.Namespace));

        // 4. The namespace.
        foreach (var document in objects)
            NamespaceChange.Apply(document, choices.Namespace);
        var order = ObjectKind.All.Select(kind => kind.Kind).ToList();
        return [.. objects.OrderBy(document => order.IndexOf(document["kind"]!.GetValue<string>()))];
    }

    private static void AgentChoices(List<JsonObject> objects, InstallChoices choices, ClusterFacts facts)
    {
        foreach (var service in objects.Where(document => Is(document, "Service") && Name(document) is ClusterNames.AgentServiceV4 or ClusterNames.AgentServiceV6))
            service["spec"]!["type"] = choices.ServiceType;
        if (objects.FirstOrDefault(document => Is(document, "Ingress")) is { } ingress)
        {
            if (!facts.IPv4)
                ingress["spec"]!["rules"]![0]!["http"]!["paths"]![0]!["backend"]!["service"]!["name"] = ClusterNames.AgentServiceV6;
            if (choices.IngressClass is { } named)
                ingress["spec"]!["ingressClassName"] = named;
            if (choices.IngressHost is { } host)
                ingress["spec"]!["rules"]![0]!["host"] = host;
            if (choices.IngressTlsSecret is { } secret)
                ingress["spec"]!["tls"] = new JsonArray(new JsonObject { ["hosts"] = new JsonArray(choices.IngressHost), ["secretName"] = secret });
        }
        var template = Find(objects, "DaemonSet", ClusterNames.Agent)["spec"]!["template"]!;
        if (choices.HostNetwork)
        {
            template["spec"]!["hostNetwork"] = true;
            template["spec"]!["dnsPolicy"] = "ClusterFirstWithHostNet";
        }
        if (!choices.MultusNetworks.IsEmpty)
            template["metadata"]!["annotations"] = new JsonObject { ["k8s.v1.cni.cncf.io/networks"] = string.Join(',', choices.MultusNetworks) };
    }

    private static void ControllerChoices(List<JsonObject> objects, InstallChoices choices, SettingsDocument settings)
    {
        var config = Find(objects, "ConfigMap", ClusterNames.SettingsConfigMap);
        config[Data]!["config.yaml"] = settings.Text;
        RememberedOptions.Write(config, choices.Given);
        var deployment = Find(objects, "Deployment", ClusterNames.Controller)["spec"]!.AsObject();
        deployment["template"]!["metadata"]!["annotations"]!["kdoctor.io/settings"] = settings.Hash;
        deployment["replicas"] = choices.Replicas;
        foreach (var port in deployment["template"]!["spec"]!["containers"]![0]!["ports"]!.AsArray())
            port!["containerPort"] = settings.Ports[port["name"]!.GetValue<string>()];
        if (choices.Postgres is not null)
        {
            // Said although they are the defaults: only fields that were applied go away when a later installation asks for Recreate, which forbids them.
            deployment["strategy"] = new JsonObject
            {
                ["type"] = "RollingUpdate",
                ["rollingUpdate"] = new JsonObject { ["maxSurge"] = "25%", ["maxUnavailable"] = "25%" },
            };
        }
        // What comes through a node's port bears the node's address, which no selector of pods can name.
        if (choices is { NetworkPolicies: true, ControllerNodePort: true })
            Find(objects, "NetworkPolicy", ClusterNames.Controller)["spec"]!["ingress"]![1]!.AsObject().Remove("from");
        if (choices.StorageSize is not null)
            ClaimInsteadOfFolder(deployment["template"]!["spec"]!);
    }

    // Under a name of its own: servers before Kubernetes 1.22 do not take emptyDir away when a server-side apply leaves it out, and a volume has one source.
    private static void ClaimInsteadOfFolder(JsonNode pod)
    {
        var volume = pod["volumes"]!.AsArray().Single(entry => entry!["name"]!.GetValue<string>() == Data)!.AsObject();
        volume["name"] = Rounds;
        volume.Remove("emptyDir");
        volume["persistentVolumeClaim"] = new JsonObject { ["claimName"] = ClusterNames.Controller };
        pod["containers"]![0]!["volumeMounts"]!.AsArray().Single(entry => entry!["name"]!.GetValue<string>() == Data)!["name"] = Rounds;
    }

    private static JsonObject Claim(InstallChoices choices)
    {
        var spec = new JsonObject
        {
            ["accessModes"] = new JsonArray("ReadWriteOnce"),
            ["resources"] = new JsonObject { ["requests"] = new JsonObject { ["storage"] = choices.StorageSize } },
        };
        if (choices.StorageClass is { } named)
            spec["storageClassName"] = named;
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "PersistentVolumeClaim",
            ["metadata"] = new JsonObject
            {
                ["name"] = ClusterNames.Controller,
                ["namespace"] = ClusterNames.Namespace,
                ["labels"] = new JsonObject { [ClusterNames.NameLabel] = ClusterNames.Controller, [ClusterNames.PartOfLabel] = ClusterNames.PartOf },
            },
            ["spec"] = spec,
        };
    }

    private static JsonObject Versioned(JsonObject document, ClusterFacts facts)
    {
        document["apiVersion"] = facts.DisruptionBudgetVersion;
        return document;
    }

    private static JsonObject InNamespace(JsonObject document, string space)
    {
        document["metadata"]!["namespace"] = space;
        return document;
    }

    private static JsonObject Find(List<JsonObject> objects, string kind, string name) => objects.Single(document => Is(document, kind) && Name(document) == name);

    private static bool Is(JsonObject document, string kind) => document["kind"]!.GetValue<string>() == kind;

    private static string Name(JsonObject document) => document["metadata"]!["name"]!.GetValue<string>();
}
