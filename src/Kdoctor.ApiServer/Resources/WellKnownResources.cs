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
