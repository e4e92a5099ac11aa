using System.Text.Json.Nodes;
using Kdoctor.Core.Tasks.Manifests;
using Kdoctor.Core.Tasks.Schemas;

namespace Kdoctor.Cli.Installing;

/// <summary>The objects as deploy/kustomize has them: the files themselves are part of the executable, so that the two cannot differ.</summary>
internal static class BaseObjects
{
    // In the order in which they are made.
    private static readonly string[] Base = ["base.namespace", "base.access", "base.settings", "base.controller", "base.agents", "base.api"];

    /// <summary>The whole base, each time a new tree. The definitions of the tasks come from where `kdoctor crds` has them.</summary>
    public static IEnumerable<JsonObject> Read() => CrdGenerator.Generate().Concat(Base.SelectMany(Read));

    /// <summary>The Service over IPv6.</summary>
    public static JsonObject ServiceIPv6() => Read("dual-stack.service-ipv6").Single();

    /// <summary>The Service whose node port leads agents to the controller through any node.</summary>
    public static JsonObject ControllerNodePort() => Read("controller-node-port.service").Single();

    /// <summary>What keeps one of several controllers while nodes are drained.</summary>
    public static JsonObject DisruptionBudget() => Read("replicas.disruption").Single();

    /// <summary>The Role and RoleBinding with which the controller reads what tasks name in one namespace.</summary>
    public static IEnumerable<JsonObject> SecretsReader() => Read("secrets.reader");

    /// <summary>Who may connect to the pods.</summary>
    public static IEnumerable<JsonObject> NetworkPolicies() => Read("network-policies.policies");

    private static IEnumerable<JsonObject> Read(string file)
    {
        using var stream = typeof(BaseObjects).Assembly.GetManifestResourceStream($"kustomize.{file}.yaml")
            ?? throw new InvalidOperationException($"the executable was built without {file}");
        using var reader = new StreamReader(stream);
        return ManifestReader.Read(reader.ReadToEnd()).Documents.Select(document => document.ToJson()!.AsObject());
    }
}
