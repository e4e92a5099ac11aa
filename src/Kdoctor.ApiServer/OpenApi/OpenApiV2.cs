using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Resources;
using Kdoctor.ApiServer.Schemas;

namespace Kdoctor.ApiServer.OpenApi;

/// <summary>OpenAPI 2.0 (Swagger) of all resources; kubectl before 1.27 explains and validates with it.</summary>
internal static class OpenApiV2
{
    // What version 2 can say and its readers use; ranges and the like stay with the server.
    private static readonly string[] Kept = ["description", "type", "format", "required", "properties", "additionalProperties", "items", "enum", "$ref"];

    public static JsonObject Document(IReadOnlyList<ApiResource> resources, string version)
    {
        var definitions = new JsonObject();
        foreach (var (name, schema) in MetaSchemas.All(Reference)) definitions[name] = Downgrade(schema);
        var paths = new JsonObject();
        foreach (var resource in resources)
        {
            foreach (var (name, schema) in ResourceSchemas.Of(resource.Definition, Reference)) definitions[name] = Downgrade(schema);
            foreach (var operation in ResourceOperations.Of(resource))
            {
                if (paths[operation.Path] is not JsonObject item) paths[operation.Path] = item = [];
                item[operation.Method] = Operation(resource.Definition, operation);
            }
        }

        return new JsonObject
        {
            ["swagger"] = "2.0",
            ["info"] = new JsonObject { ["title"] = "kdoctor", ["version"] = version },
            ["paths"] = paths,
            ["definitions"] = definitions,
        };
    }

    /// <summary>A schema without what version 2 cannot say: a value that may be null, or of any type, has no type there.</summary>
    private static JsonObject Downgrade(JsonObject schema)
    {
        var result = new JsonObject();
        var isOpen = schema.IsTrue("nullable") || schema.IsTrue("x-kubernetes-preserve-unknown-fields") || schema.IsTrue("x-kubernetes-int-or-string");
        foreach (var (key, value) in schema)
        {
            if (!Kept.Contains(key) && !key.StartsWith("x-kubernetes-", StringComparison.Ordinal)) continue;
            if (isOpen && key is "type" or "properties" or "required" or "items" or "additionalProperties" or "enum") continue;
            result[key] = (key, value) switch
            {
                ("properties", JsonObject fields) => Fields(fields),
                ("items" or "additionalProperties", JsonObject inner) => Downgrade(inner),
                _ => value?.DeepClone(),
            };
        }

        return result;
    }

    private static JsonObject Fields(JsonObject fields)
    {
        var result = new JsonObject();
        foreach (var (name, schema) in fields) result[name] = Downgrade((JsonObject)schema!);
        return result;
    }

    private static JsonObject Operation(ResourceDefinition definition, ResourceOperation operation)
    {
        var types = operation.Method == "patch"
            ? new JsonArray("application/json-patch+json", "application/merge-patch+json")
            : new JsonArray("application/json", "application/yaml");
        var parameters = new JsonArray();
        if (operation.HasBody)
        {
            var schema = operation.Method == "patch" ? MetaSchemas.Patch : ResourceSchemas.NameOf(definition);
            parameters.Add((JsonNode)new JsonObject { ["name"] = "body", ["in"] = "body", ["required"] = true, ["schema"] = Reference(schema) });
        }

        foreach (var name in operation.PathParameters)
            parameters.Add((JsonNode)new JsonObject { ["name"] = name, ["in"] = "path", ["required"] = true, ["type"] = "string" });
        foreach (var name in operation.Query) parameters.Add((JsonNode)new JsonObject { ["name"] = name, ["in"] = "query", ["type"] = "string" });
        return new JsonObject
        {
            ["description"] = $"{operation.Action} {definition.Plural}",
            ["operationId"] = operation.Id,
            ["consumes"] = types,
            ["produces"] = new JsonArray("application/json"),
            ["parameters"] = parameters,
            ["responses"] = new JsonObject
            {
                ["200"] = new JsonObject
                {
                    ["description"] = "OK",
                    ["schema"] = Reference(ResourceSchemas.NameOf(definition) + (operation.Action == "list" ? "List" : "")),
                },
                ["401"] = new JsonObject { ["description"] = "Unauthorized" },
            },
            ["x-kubernetes-action"] = operation.Action,
            ["x-kubernetes-group-version-kind"] = ResourceSchemas.Kind(definition, definition.Kind),
        };
    }

    private static JsonObject Reference(string name) => new() { ["$ref"] = "#/definitions/" + name };
}
