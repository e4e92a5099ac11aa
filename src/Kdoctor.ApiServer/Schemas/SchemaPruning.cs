using System.Text.Json.Nodes;

namespace Kdoctor.ApiServer.Schemas;

/// <summary>Removes what a structural schema does not know, and says what that was.</summary>
internal static class SchemaPruning
{
    /// <summary>Prunes the object below its metadata, which has rules of its own.</summary>
    /// <returns>Paths of the unknown fields, in order.</returns>
    public static List<string> Prune(JsonObject item, JsonObject schema)
    {
        var unknown = new List<string>();
        Fields(item, schema, "", unknown, isRoot: true);
        return unknown;
    }

    private static void Visit(JsonNode? value, JsonObject? schema, string path, List<string> unknown)
    {
        if (schema is null) return;
        switch (value)
        {
            case JsonObject fields: Fields(fields, schema, path, unknown, isRoot: false); break;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++) Visit(items[i], schema["items"] as JsonObject, $"{path}[{i}]", unknown);
                break;
        }
    }

    private static void Fields(JsonObject fields, JsonObject schema, string path, List<string> unknown, bool isRoot)
    {
        var properties = schema["properties"] as JsonObject;
        var keeps = schema.IsTrue("x-kubernetes-preserve-unknown-fields");
        foreach (var (name, value) in fields.ToArray())
        {
            if (isRoot && name is "apiVersion" or "kind" or "metadata") continue;
            var inner = path.Length == 0 ? name : $"{path}.{name}";
            if (properties?[name] is JsonObject known) Visit(value, known, inner, unknown);
            else if (schema["additionalProperties"] is JsonObject any) Visit(value, any, inner, unknown);
            else if (!keeps && !schema.IsTrue("additionalProperties"))
            {
                fields.Remove(name);
                unknown.Add(inner);
            }
        }
    }

    internal static bool IsTrue(this JsonObject schema, string name) =>
        schema[name] is JsonValue value && value.TryGetValue(out bool flag) && flag;
}
