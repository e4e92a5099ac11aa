using System.Text.Json.Nodes;

namespace Kdoctor.ApiServer.Schemas;

/// <summary>Fills in the defaults of a structural schema.</summary>
internal static class SchemaDefaulting
{
    /// <summary>Adds what is absent; a null where null is not allowed counts as absent.</summary>
    public static void Apply(JsonNode? value, JsonObject schema)
    {
        switch (value)
        {
            case JsonObject fields:
                foreach (var (name, property) in schema["properties"] as JsonObject ?? []) Field(fields, name, (JsonObject)property!);
                if (schema["additionalProperties"] is JsonObject any)
                    foreach (var (_, child) in fields) Apply(child, any);
                break;
            case JsonArray items when schema["items"] is JsonObject inner:
                foreach (var item in items) Apply(item, inner);
                break;
        }
    }

    private static void Field(JsonObject fields, string name, JsonObject schema)
    {
        if (schema.TryGetPropertyValue("default", out var given))
        {
            var isNull = fields.TryGetPropertyValue(name, out var present) && present is null;
            if (isNull && !schema.IsTrue("nullable")) fields.Remove(name);
            if (!fields.ContainsKey(name)) fields[name] = given?.DeepClone();
        }

        Apply(fields[name], schema);
    }
}
