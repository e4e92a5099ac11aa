using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Resources;

namespace Kdoctor.ApiServer.OpenApi;

/// <summary>OpenAPI 3.0 of one group and version.</summary>
internal static class OpenApiV3
{
    public static JsonObject Document(IReadOnlyList<ApiResource> resources, string version)
    {
        var schemas = new JsonObject();
        foreach (var (name, schema) in MetaSchemas.All(Reference)) schemas[name] = schema;
        var paths = new JsonObject();
        foreach (var resource in resources)
        {
            foreach (var (name, schema) in ResourceSchemas.Of(resource.Definition, Reference)) schemas[name] = schema;
            foreach (var operation in ResourceOperations.Of(resource))
            {
                if (paths[operation.Path] is not JsonObject item) paths[operation.Path] = item = [];
                item[operation.Method] = Operation(resource.Definition, operation);
            }
        }

        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "kdoctor", ["version"] = version },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas },
        };
    }

    private static JsonObject Operation(ResourceDefinition definition, ResourceOperation operation)
    {
        var shown = ResourceSchemas.NameOf(definition) + (operation.Action == "list" ? "List" : "");
        var result = new JsonObject
        {
            ["description"] = $"{operation.Action} {definition.Plural}",
            ["operationId"] = operation.Id,
            ["parameters"] = new JsonArray(
            [
                .. operation.PathParameters.Select(name => Parameter(name, "path")),
                .. operation.Query.Select(name => Parameter(name, "query")),
            ]),
            ["responses"] = new JsonObject
            {
                ["200"] = new JsonObject { ["description"] = "OK", ["content"] = Content("application/json", shown) },
                ["401"] = new JsonObject { ["description"] = "Unauthorized" },
            },
            ["x-kubernetes-action"] = operation.Action,
            ["x-kubernetes-group-version-kind"] = ResourceSchemas.Kind(definition, definition.Kind),
        };
        if (operation.Method == "patch")
        {
            var patch = Content("application/merge-patch+json", MetaSchemas.Patch);
            foreach (var (type, value) in Content("application/json-patch+json", MetaSchemas.Patch)) patch[type] = value!.DeepClone();
            result["requestBody"] = new JsonObject { ["required"] = true, ["content"] = patch };
        }
        else if (operation.HasBody)
        {
            result["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content("application/json", ResourceSchemas.NameOf(definition)) };
        }

        return result;
    }

    private static JsonObject Parameter(string name, string place)
    {
        var parameter = new JsonObject { ["name"] = name, ["in"] = place, ["schema"] = new JsonObject { ["type"] = "string" } };
        if (place == "path") parameter["required"] = true;
        return parameter;
    }

    private static JsonObject Content(string type, string schema) => new() { [type] = new JsonObject { ["schema"] = Reference(schema) } };

    private static JsonObject Reference(string name) => new() { ["$ref"] = "#/components/schemas/" + name };
}
