using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;

namespace Kdoctor.Core.Tasks.Specs;

/// <summary>Agents of the task's own.</summary>
[Description("Agents of the task's own. Without it the default agents do the work.")]
public sealed record AgentSpec
{
    /// <summary>The most agents that one task's Deployment runs: each is a pod, and one that is missing has a row in the report.</summary>
    internal const int MaxReplicas = 1000;

    [Description("Annotations of the agents' pods.")]
    public IReadOnlyDictionary<string, string>? Annotation { get; init; }

    [AllowedValues("Deployment", "DaemonSet")]
    [Description("The workload that runs the agents.")]
    public string Kind { get; init; } = "DaemonSet";

    [Range(0, MaxReplicas)]
    [Description("How many agents a Deployment runs.")]
    public int? DeploymentReplicas { get; init; }

    [Description("Where the agents' pods are scheduled: core/v1 Affinity.")]
    public AffinitySpec? Affinity { get; init; }

    [Description("Environment of the agents' containers: core/v1 EnvVar. POD_UID, POD_NAME, POD_NAMESPACE, POD_IPS, NODE_NAME and all that begin with KDOCTOR_ are the agent's own, and cannot be set.")]
    public IReadOnlyList<EnvVarSpec>? Env { get; init; }

    [Description("Run the agents in the host's network.")]
    public bool HostNetwork { get; init; }

    [Description("Resources of the agents' containers: core/v1 ResourceRequirements.")]
    public ResourcesSpec? Resources { get; init; }

    [Range(0, int.MaxValue)]
    [Description("How many minutes after the last round the agents are removed.")]
    public int TerminationGracePeriodMinutes { get; init; } = 60;
}

/// <summary>core/v1 Affinity: its parts are the API server's to check.</summary>
[Description("Where the agents' pods are scheduled: core/v1 Affinity.")]
public sealed record AffinitySpec
{
    [Description("core/v1 NodeAffinity.")]
    public JsonObject? NodeAffinity { get; init; }

    [Description("core/v1 PodAffinity.")]
    public JsonObject? PodAffinity { get; init; }

    [Description("core/v1 PodAntiAffinity.")]
    public JsonObject? PodAntiAffinity { get; init; }
}

/// <summary>core/v1 EnvVar.</summary>
[Description("One environment variable: core/v1 EnvVar.")]
public sealed record EnvVarSpec
{
    [Required]
    [Description("The variable's name.")]
    public string? Name { get; init; }

    [Description("Its value. Not together with valueFrom.")]
    public string? Value { get; init; }

    [Description("Where its value comes from: core/v1 EnvVarSource, of which fieldRef and resourceFieldRef are allowed. Not together with value.")]
    public JsonObject? ValueFrom { get; init; }
}

/// <summary>core/v1 ResourceRequirements.</summary>
[KeepUnknown]
[Description("Resources of the agents' containers: core/v1 ResourceRequirements.")]
public sealed record ResourcesSpec
{
    [Description("The most that a container may use, as quantities such as 500m or 256Mi.")]
    public IReadOnlyDictionary<string, JsonNode>? Limits { get; init; }

    [Description("What a container is given at least, as quantities such as 500m or 256Mi.")]
    public IReadOnlyDictionary<string, JsonNode>? Requests { get; init; }
}
