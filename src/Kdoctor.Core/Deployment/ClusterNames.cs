namespace Kdoctor.Core.Deployment;

/// <summary>What kdoctor's parts are called in a cluster: the installer makes them, the controller and the agents look for them.</summary>
public static class ClusterNames
{
    /// <summary>The namespace where nobody named another.</summary>
    public const string Namespace = "kdoctor";

    /// <summary>The controller's Deployment, Service, ServiceAccount, Lease, roles and webhook configuration.</summary>
    public const string Controller = "kdoctor-controller";

    /// <summary>The Service, where it was asked for, whose node port leads agents to the controller through any node.</summary>
    public const string ControllerNodePort = "kdoctor-controller-node-port";

    /// <summary>The default agents' DaemonSet, ServiceAccount and Ingress; also the name of an agent's container.</summary>
    public const string Agent = "kdoctor-agent";

    /// <summary>The default agents' Service over IPv4.</summary>
    public const string AgentServiceV4 = "kdoctor-agent-ipv4";

    /// <summary>The default agents' Service over IPv6.</summary>
    public const string AgentServiceV6 = "kdoctor-agent-ipv6";

    /// <summary>The Secret with the authority (<c>ca.crt</c>, <c>ca.key</c>) and the serving certificate (<c>tls.crt</c>, <c>tls.key</c>); the controller fills it.</summary>
    public const string TlsSecret = "kdoctor-controller-tls";

    /// <summary>The ConfigMap with the authority's certificate (<c>ca.crt</c>) that agents trust; the controller fills it.</summary>
    public const string AuthorityConfigMap = "kdoctor-controller-ca";

    /// <summary>The ConfigMap with the controller's settings (<c>config.yaml</c>).</summary>
    public const string SettingsConfigMap = "kdoctor-config";

    /// <summary>The label that names a part: <see cref="Controller"/>, <see cref="Agent"/>, or a task's own runtime.</summary>
    public const string NameLabel = "app.kubernetes.io/name";

    /// <summary>The label on everything that the installer or the controller made; its value is <see cref="PartOf"/>.</summary>
    public const string PartOfLabel = "app.kubernetes.io/part-of";

    /// <summary>The value of <see cref="PartOfLabel"/>.</summary>
    public const string PartOf = "kdoctor";

    /// <summary>The label on what a task's own agents consist of: the task's kind and name in lower case, <c>netreach-reach-task</c>, shortened with a hash where too long.</summary>
    public const string RuntimeLabel = "kdoctor.io/runtime";

    /// <summary>The annotation of the controllers' Lease that says how many of the default agents are connected to the one that leads.</summary>
    public const string ConnectedAgentsAnnotation = "kdoctor.io/connected-agents";

    /// <summary>Whom an agent's projected service-account token must be for.</summary>
    public const string TokenAudience = "kdoctor-controller";

    /// <summary>Where an agent's container finds its token.</summary>
    public const string TokenFile = "/var/run/secrets/kdoctor/token/token";

    /// <summary>Where an agent's container finds the authority that it trusts.</summary>
    public const string AuthorityFile = "/var/run/secrets/kdoctor/ca/ca.crt";

    /// <summary>Where the controller's container finds its settings.</summary>
    public const string SettingsFile = "/etc/kdoctor/config.yaml";

    /// <summary>Where the controller keeps its data.</summary>
    public const string DataFolder = "/var/lib/kdoctor";
}
