using System.Text.Json.Nodes;

namespace Kdoctor.Core.Tasks.Schemas;

/// <summary>A field's schema in the words of apiextensions.k8s.io/v1: OpenAPI v3 as far as Kubernetes calls it structural.</summary>
internal static class StructuralSchema
{
    public static JsonObject Of(FieldSchema field)
    {
        var schema = new JsonObject();
        if (field.Description.Length > 0)
            schema["description"] = DescriptionOf(field);
        if (field.Type is FieldType.Quantity)
        {
            schema["anyOf"] = new JsonArray(new JsonObject { ["type"] = "integer" }, new JsonObject { ["type"] = "string" });
            schema["x-kubernetes-int-or-string"] = true;
            return schema;
        }

        schema["type"] = TypeName(field.Type);
        if (field.Format is not null)
            schema["format"] = field.Format;
        if (field.Default is not null)
            schema["default"] = field.Default.DeepClone();
        if (!field.AllowedValues.IsEmpty)
            schema["enum"] = new JsonArray([.. field.AllowedValues.Select(value => JsonValue.Create(value))]);
        if (field.Minimum is { } minimum)
            schema["minimum"] = Number(minimum);
        if (field.Maximum is { } maximum)
            schema["maximum"] = Number(maximum);
        AddContent(schema, field);
        return schema;
    }

    private static void AddContent(JsonObject schema, FieldSchema field)
    {
        if (field.Type is FieldType.Array)
            schema["items"] = Of(field.Items!);
        if (field.Type is FieldType.Map)
            schema["additionalProperties"] = Of(field.Items!);
        if (!field.Fields.IsEmpty)
            schema["properties"] = new JsonObject(field.Fields.Select(child => KeyValuePair.Create<string, JsonNode?>(child.Key, Of(child.Value))));
        var required = field.Fields.Where(child => child.Value.Required).Select(child => JsonValue.Create(child.Key)).ToArray();
        if (required.Length > 0)
            schema["required"] = new JsonArray([.. required]);
        if (field.KeepUnknown)
            schema["x-kubernetes-preserve-unknown-fields"] = true;
    }

    private static string DescriptionOf(FieldSchema field) =>
        field.ComputedDefault is { } words ? $"{field.Description} Default: {words}." : field.Description;

    private static JsonValue Number(double value) => value == Math.Floor(value) ? JsonValue.Create((long)value) : JsonValue.Create(value);

    private static string TypeName(FieldType type) => type switch
    {
        FieldType.Object or FieldType.Map => "object",
        FieldType.Array => "array",
        FieldType.Text => "string",
        FieldType.Integer => "integer",
        FieldType.Number => "number",
        FieldType.Boolean => "boolean",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "has no type name"),
    };
}
