using System.Text.Json.Nodes;

namespace Kdoctor.ApiServer.Resources;

/// <summary>Definitions of core resources that kubectl expects beside custom ones. Their schemas keep every field.</summary>
public static class WellKnownResources
{
    /// <summary><c>core/v1</c> Event, which <c>kubectl describe</c> looks for.</summary>
    public static ResourceDefinition Event { get; } = new()
    {
        Group = "",
        Version = "v1",
        Kind = "Event",
        Plural = "events",
        Singular = "event",
        ShortNames = ["ev"],
        Scope = ResourceScope.Namespaced,
        Schema = Open("Event is a report of something that happened to an object."),
        PrinterColumns =
        [
            new("Last Seen", "date", ".lastTimestamp", "When it happened last."),
            new("Type", "string", ".type", "Normal or Warning."),
            new("Reason", "string", ".reason", "One word."),
            new("Object", "string", ".involvedObject.name", "The object that it is about."),
            new("Message", "string", ".message", "A sentence."),
        ],
    };

    /// <summary><c>core/v1</c> Namespace.</summary>
    public static ResourceDefinition Namespace { get; } = new()
    {
        Group = "",
        Version = "v1",
        Kind = "Namespace",
        Plural = "namespaces",
        Singular = "namespace",
        ShortNames = ["ns"],
        Scope = ResourceScope.Cluster,
        Schema = Open("Namespace is a scope for names."),
    };

    /// <summary><c>core/v1</c> Secret.</summary>
    public static ResourceDefinition Secret { get; } = Namespaced("Secret", "secrets", [], "Secret holds data that must not be shown to everybody.") with
    {
        PrinterColumns = [new("Type", "string", ".type", "What it is for."), Age],
    };

    /// <summary><c>core/v1</c> ConfigMap.</summary>
    public static ResourceDefinition ConfigMap { get; } = Namespaced("ConfigMap", "configmaps", ["cm"], "ConfigMap holds data for programs to read.");

    /// <summary><c>core/v1</c> Service.</summary>
    public static ResourceDefinition Service { get; } = Namespaced("Service", "services", ["svc"], "Service is an address behind which others answer.") with
    {
        PrinterColumns =
        [
            new("Type", "string", ".spec.type", "How it is reached."),
            new("Cluster-IP", "string", ".spec.clusterIP", "Its address."),
            Age,
        ],
    };

    /// <summary><c>discovery.k8s.io/v1</c> EndpointSlice.</summary>
    public static ResourceDefinition EndpointSlice { get; } = Namespaced("EndpointSlice", "endpointslices", [], "EndpointSlice is some of those who answer behind a service.") with
    {
        Group = "discovery.k8s.io",
        PrinterColumns = [new("AddressType", "string", ".addressType", "The family of its addresses."), Age],
    };

    /// <summary><c>coordination.k8s.io/v1</c> Lease.</summary>
    public static ResourceDefinition Lease { get; } = Namespaced("Lease", "leases", [], "Lease says who does what only one may do.") with
    {
        Group = "coordination.k8s.io",
        PrinterColumns = [new("Holder", "string", ".spec.holderIdentity", "Who has it."), Age],
    };

    private static PrinterColumn Age => new("Age", "date", ".metadata.creationTimestamp", "Since when it is there.");

    private static ResourceDefinition Namespaced(string kind, string plural, IReadOnlyList<string> shortNames, string description) => new()
    {
        Group = "",
        Version = "v1",
        Kind = kind,
        Plural = plural,
        Singular = kind.ToLowerInvariant(),
        ShortNames = shortNames,
        Scope = ResourceScope.Namespaced,
        Schema = Open(description),
        TakesStrategicMerge = true,
    };

    private static JsonObject Open(string description) => new()
    {
        ["type"] = "object",
        ["description"] = description,
        ["properties"] = new JsonObject
        {
            ["apiVersion"] = new JsonObject { ["type"] = "string" },
            ["kind"] = new JsonObject { ["type"] = "string" },
            ["metadata"] = new JsonObject { ["type"] = "object" },
        },
        ["x-kubernetes-preserve-unknown-fields"] = true,
    };
}
