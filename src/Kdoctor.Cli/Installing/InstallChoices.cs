using System.Collections.Immutable;

namespace Kdoctor.Cli.Installing;

/// <summary>What the user decided about an installation; the defaults are those of deploy/kustomize/base.</summary>
internal sealed record InstallChoices
{
    public string Namespace { get; init; } = Core.Deployment.ClusterNames.Namespace;

    /// <summary>The agents' image, whole; null for the base's.</summary>
    public string? AgentImage { get; init; }

    /// <summary>The controller's image, whole; null for the base's.</summary>
    public string? ControllerImage { get; init; }

    /// <summary>Stands before the names of the base's images; null for none.</summary>
    public string? ImageRegistry { get; init; }

    /// <summary>The names of Secrets with which images are pulled.</summary>
    public ImmutableArray<string> ImagePullSecrets { get; init; } = [];

    /// <summary>How many controllers; more than one needs <see cref="Postgres"/>.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>Where the connection string of a PostgreSQL is; null for SQLite.</summary>
    public SecretKey? Postgres { get; init; }

    /// <summary>The size of a volume for SQLite, as Kubernetes writes quantities; null keeps it as long as the pod lives.</summary>
    public string? StorageSize { get; init; }

    /// <summary>The class of that volume; null for the cluster's default.</summary>
    public string? StorageClass { get; init; }

    /// <summary>The type of the agents' Services.</summary>
    public string ServiceType { get; init; } = "LoadBalancer";

    public bool Ingress { get; init; } = true;

    /// <summary>The class of the agents' Ingress; null for the cluster's default.</summary>
    public string? IngressClass { get; init; }

    /// <summary>The host of that Ingress's rule; null for any.</summary>
    public string? IngressHost { get; init; }

    /// <summary>The Secret with the certificate for that host, in the namespace of the installation; null for plain HTTP.</summary>
    public string? IngressTlsSecret { get; init; }

    /// <summary>Whether the default agents live on their nodes' own network.</summary>
    public bool HostNetwork { get; init; }

    /// <summary>Whether tasks may have agents of their own on the nodes' own network.</summary>
    public bool AllowHostNetwork { get; init; }

    /// <summary>Networks that Multus adds to the agents, NAMESPACE/NAME.</summary>
    public ImmutableArray<string> MultusNetworks { get; init; } = [];

    /// <summary>The namespaces whose Secrets and ConfigMaps tasks may name, beside what the settings say.</summary>
    public ImmutableArray<string> SecretNamespaces { get; init; } = [];

    /// <summary>The controller's settings, the text of a YAML file; null for all defaults.</summary>
    public string? Settings { get; init; }

    public bool NetworkPolicies { get; init; }

    /// <summary>Whether the agents' port of the controller is a node port too.</summary>
    public bool ControllerNodePort { get; init; }

    /// <summary>The options that say all this, as they were given; defaults are not among them.</summary>
    public ImmutableArray<string> Given { get; init; } = [];
}

/// <summary>A key of a Secret in the namespace of the installation.</summary>
internal sealed record SecretKey(string Name, string Key);
