using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Resources;

namespace Kdoctor.ApiServer.OpenApi;

/// <summary>Schemas of a resource as they are published: the object and its list.</summary>
internal static class ResourceSchemas
{
    /// <summary>Name of a resource's schema, with the group's labels turned around: <c>io.kdoctor.v1beta1.NetReach</c>.</summary>
    public static string NameOf(ResourceDefinition definition) => definition.Group.Length == 0
        ? $"io.k8s.api.core.{definition.Version}.{definition.Kind}"
        : $"{string.Join('.', definition.Group.Split('.').Reverse())}.{definition.Version}.{definition.Kind}";

    /// <summary>The published schemas by name.</summary>
    /// <param name="definition">The resource.</param>
    /// <param name="reference">Makes a reference to a schema of that name.</param>
    public static IEnumerable<(string Name, JsonObject Schema)> Of(ResourceDefinition definition, Func<string, JsonObject> reference)
    {
        var schema = (JsonObject)definition.Schema.DeepClone();
        var properties = schema["properties"] as JsonObject ?? [];
        schema["properties"] = properties;
        properties["apiVersion"] = MetaSchemas.Scalar("string", "Group and version of this object's schema.");
        properties["kind"] = MetaSchemas.Scalar("string", "Kind of this object; it cannot be changed.");
        properties["metadata"] = Described(reference(MetaSchemas.ObjectMeta), "Standard object's metadata.");
        schema["x-kubernetes-group-version-kind"] = new JsonArray(Kind(definition, definition.Kind));
        yield return (NameOf(definition), schema);

        yield return (NameOf(definition) + "List", new JsonObject
        {
            ["type"] = "object",
            ["description"] = $"{definition.ListKind} is a list of {definition.Kind}.",
            ["required"] = new JsonArray("items"),
            ["properties"] = new JsonObject
            {
                ["apiVersion"] = MetaSchemas.Scalar("string", "Group and version of this object's schema."),
                ["items"] = new JsonObject { ["type"] = "array", ["description"] = $"The {definition.Plural}.", ["items"] = reference(NameOf(definition)) },
                ["kind"] = MetaSchemas.Scalar("string", "Kind of this object; it cannot be changed."),
                ["metadata"] = Described(reference(MetaSchemas.ListMeta), "Standard list metadata."),
            },
            ["x-kubernetes-group-version-kind"] = new JsonArray(Kind(definition, definition.ListKind)),
        });
    }

    public static JsonObject Kind(ResourceDefinition definition, string kind) =>
        new() { ["group"] = definition.Group, ["version"] = definition.Version, ["kind"] = kind };

    private static JsonObject Described(JsonObject reference, string description)
    {
        // In OpenAPI 3.0 a reference has no siblings; allOf carries the description.
        if (reference.ContainsKey("allOf") || reference["$ref"]!.GetValue<string>().StartsWith("#/definitions/", StringComparison.Ordinal))
        {
            reference["description"] = description;
            return reference;
        }

        return new JsonObject { ["description"] = description, ["allOf"] = new JsonArray(reference) };
    }
}
