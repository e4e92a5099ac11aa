using System.Text.Json.Nodes;

namespace Kdoctor.ApiServer.OpenApi;

/// <summary>Schemas of <c>meta.k8s.io</c> types that every resource refers to.</summary>
internal static class MetaSchemas
{
    public const string Prefix = "io.k8s.apimachinery.pkg.apis.meta.v1.";
    public const string ObjectMeta = Prefix + "ObjectMeta";
    public const string ListMeta = Prefix + "ListMeta";
    public const string Patch = Prefix + "Patch";

    private const string OwnerReference = Prefix + "OwnerReference";
    private const string Time = Prefix + "Time";

    /// <summary>The schemas by name.</summary>
    /// <param name="reference">Makes a reference to a schema of that name.</param>
    public static Dictionary<string, JsonObject> All(Func<string, JsonObject> reference) => new()
    {
        [ObjectMeta] = Object("Metadata that every object has.", null, new JsonObject
        {
            ["annotations"] = Map("Free notes of tools and people, not for selection."),
            ["creationTimestamp"] = reference(Time),
            ["deletionGracePeriodSeconds"] = Scalar("integer", "Seconds until the object may be removed.", "int64"),
            ["deletionTimestamp"] = reference(Time),
            ["finalizers"] = List("Names of those who must agree before the object is removed.", Scalar("string", null)),
            ["generateName"] = Scalar("string", "Beginning of a name that the server completes."),
            ["generation"] = Scalar("integer", "Grows with every change of the wanted state.", "int64"),
            ["labels"] = Map("Marks that selectors match."),
            ["managedFields"] = List("Who set which field.", new JsonObject { ["type"] = "object" }),
            ["name"] = Scalar("string", "Name, unique within its scope; it cannot be changed."),
            ["namespace"] = Scalar("string", "Scope of the name; empty for resources of the whole cluster."),
            ["ownerReferences"] = List("Objects that this one belongs to.", reference(OwnerReference)),
            ["resourceVersion"] = Scalar("string", "Version of this state of the object, for optimistic concurrency and watches."),
            ["selfLink"] = Scalar("string", "No longer used."),
            ["uid"] = Scalar("string", "Identity of the object, never used again."),
        }),
        [OwnerReference] = Object("The object that owns this one.", ["apiVersion", "kind", "name", "uid"], new JsonObject
        {
            ["apiVersion"] = Scalar("string", "API version of the owner."),
            ["blockOwnerDeletion"] = Scalar("boolean", "Whether the owner waits for this object."),
            ["controller"] = Scalar("boolean", "Whether the owner manages this object."),
            ["kind"] = Scalar("string", "Kind of the owner."),
            ["name"] = Scalar("string", "Name of the owner."),
            ["uid"] = Scalar("string", "Uid of the owner."),
        }),
        [ListMeta] = Object("Metadata of a list.", null, new JsonObject
        {
            ["continue"] = Scalar("string", "Where the next page begins; absent on the last."),
            ["remainingItemCount"] = Scalar("integer", "Objects after this page.", "int64"),
            ["resourceVersion"] = Scalar("string", "Version from which a watch misses nothing."),
            ["selfLink"] = Scalar("string", "No longer used."),
        }),
        [Time] = Scalar("string", "A time in RFC 3339.", "date-time"),
        [Patch] = new JsonObject { ["type"] = "object", ["description"] = "A patch in the form that the content type names." },
    };

    internal static JsonObject Scalar(string type, string? description, string? format = null)
    {
        var schema = new JsonObject { ["type"] = type };
        if (description is not null) schema["description"] = description;
        if (format is not null) schema["format"] = format;
        return schema;
    }

    private static JsonObject Object(string description, string[]? required, JsonObject properties)
    {
        var schema = Scalar("object", description);
        if (required is not null) schema["required"] = new JsonArray([.. required.Select(name => JsonValue.Create(name))]);
        schema["properties"] = properties;
        return schema;
    }

    private static JsonObject Map(string description)
    {
        var schema = Scalar("object", description);
        schema["additionalProperties"] = new JsonObject { ["type"] = "string" };
        return schema;
    }

    private static JsonObject List(string description, JsonObject items)
    {
        var schema = Scalar("array", description);
        schema["items"] = items;
        return schema;
    }
}
