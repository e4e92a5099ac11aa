using System.Collections.Immutable;

namespace Kdoctor.Core.Deployment;

/// <summary>
/// The variables of an agent's container that make it the agent of its pod. The template sets them, or Kubernetes does for the controller's Service; a task's
/// <c>agentSpec</c> cannot.
/// </summary>
public static class AgentVariables
{
    /// <summary>How the variables begin that are kdoctor's own, also those that Kubernetes sets for its Services.</summary>
    public const string Prefix = "KDOCTOR_";

    /// <summary>The pod's uid: without it a process is in no pod.</summary>
    public const string PodUid = "POD_UID";

    /// <summary>The pod's name.</summary>
    public const string PodName = "POD_NAME";

    /// <summary>The pod's namespace.</summary>
    public const string PodNamespace = "POD_NAMESPACE";

    /// <summary>The pod's addresses, separated by commas.</summary>
    public const string PodIps = "POD_IPS";

    /// <summary>The name of the pod's node.</summary>
    public const string NodeName = "NODE_NAME";

    /// <summary>The port of an agent's echo, 1024..65535, where it is not the usual one. No Service's name makes Kubernetes set one of this form.</summary>
    public const string EchoPort = Prefix + "LISTEN_ECHO";

    /// <summary>The port of an agent's health, 1024..65535, where it is not the usual one.</summary>
    public const string HealthPort = Prefix + "LISTEN_HEALTH";

    /// <summary>The address of the controller's Service, which Kubernetes sets.</summary>
    public const string ControllerHost = Prefix + "CONTROLLER_SERVICE_HOST";

    /// <summary>How many seconds an agent may take to stop, 0..3600.</summary>
    public const string StopSeconds = Prefix + "STOP_SECONDS";

    private static readonly ImmutableArray<string> OfThePod = [PodUid, PodName, PodNamespace, PodIps, NodeName];

    /// <summary>All of them, for people.</summary>
    public static string Words { get; } = $"{string.Join(", ", OfThePod)} and all that begin with {Prefix}";

    /// <summary>Whether a variable is one of them.</summary>
    public static bool Contains(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) || OfThePod.Contains(name);
}
