using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Kdoctor.Cli.Installing;

/// <summary>A kind of object that an installation consists of.</summary>
/// <param name="ApiVersion">Its group and version.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Plural">Its name in paths.</param>
/// <param name="Namespaced">Whether it lives in a namespace.</param>
/// <param name="Prunable">Whether one that an older installation made, and this one does not, is removed; never what holds users' data.</param>
internal sealed record ObjectKind(string ApiVersion, string Kind, string Plural, bool Namespaced, bool Prunable = true)
{
    /// <summary>All kinds, in the order in which they are made: what others need comes first. They are removed in the opposite order.</summary>
    public static ImmutableArray<ObjectKind> All { get; } =
    [
        new("apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions", Namespaced: false, Prunable: false),
        new("v1", "Namespace", "namespaces", Namespaced: false, Prunable: false),
        new("v1", "ServiceAccount", "serviceaccounts", Namespaced: true),
        new("rbac.authorization.k8s.io/v1", "ClusterRole", "clusterroles", Namespaced: false),
        new("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "clusterrolebindings", Namespaced: false),
        new("rbac.authorization.k8s.io/v1", "Role", "roles", Namespaced: true),
        new("rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings", Namespaced: true),
        new("v1", "ConfigMap", "configmaps", Namespaced: true),
        new("v1", "Secret", "secrets", Namespaced: true),
        new("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies", Namespaced: true),
        new("v1", "PersistentVolumeClaim", "persistentvolumeclaims", Namespaced: true, Prunable: false),
        new("v1", "Service", "services", Namespaced: true),
        new("apps/v1", "Deployment", "deployments", Namespaced: true),
        new("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets", Namespaced: true),
        new("apps/v1", "DaemonSet", "daemonsets", Namespaced: true),
        new("networking.k8s.io/v1", "Ingress", "ingresses", Namespaced: true),
        new("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", Namespaced: false),
        new("apiregistration.k8s.io/v1", "APIService", "apiservices", Namespaced: false),
    ];

    /// <summary>The kind of an object.</summary>
    public static ObjectKind Of(JsonObject document)
    {
        var kind = document["kind"]!.GetValue<string>();
        return All.Single(entry => entry.Kind == kind) with { ApiVersion = document["apiVersion"]!.GetValue<string>() };
    }

    /// <summary>The same kind in the version that a cluster serves.</summary>
    public ObjectKind In(ClusterFacts facts) => Kind == "PodDisruptionBudget" ? this with { ApiVersion = facts.DisruptionBudgetVersion } : this;

    /// <summary>The path of all objects of the kind, in all namespaces or in one.</summary>
    public string Path(string? space = null) =>
        (ApiVersion.Contains('/', StringComparison.Ordinal) ? $"apis/{ApiVersion}/" : $"api/{ApiVersion}/")
        + (Namespaced && space is not null ? $"namespaces/{Uri.EscapeDataString(space)}/" : "") + Plural;

    /// <summary>The path of one object.</summary>
    public string Path(string? space, string name) => $"{Path(space)}/{Uri.EscapeDataString(name)}";
}
