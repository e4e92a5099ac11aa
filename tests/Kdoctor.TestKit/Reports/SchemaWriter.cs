using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Kdoctor.TestKit.Reports;

/// <summary>
/// Writes the JSON schema (draft 7) of a serialized record. Names come from the serializer, descriptions from the records' own
/// documentation; what is never null is required, and nothing else is allowed.
/// </summary>
internal sealed class SchemaWriter(JsonSerializerOptions options)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly SortedDictionary<string, JsonNode?> definitions = new(StringComparer.Ordinal);

    public static string Write(JsonTypeInfo root, string id)
    {
        var writer = new SchemaWriter(root.Options);
        writer.Define(root);
        var schema = new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["$id"] = id,
            ["title"] = root.Type.Name,
            ["$ref"] = Reference(root.Type),
            ["definitions"] = new JsonObject(writer.definitions),
        };
        return schema.ToJsonString(Indented) + "\n";
    }

    private static string Reference(Type type) => $"#/definitions/{type.Name}";

    private void Define(JsonTypeInfo info)
    {
        if (!definitions.TryAdd(info.Type.Name, null))
            return;
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (var property in info.Properties.Where(property => property.Get is not null))
        {
            var member = (PropertyInfo)property.AttributeProvider!;
            var schema = Of(property.PropertyType);
            if (XmlDocs.Of(member) is { } text)
                schema.Insert(0, "description", text);
            properties[property.Name] = schema;
            if (!property.IsGetNullable)
                required.Add(property.Name);
        }
        var definition = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        if (XmlDocs.Of(info.Type) is { } summary)
            definition.Insert(0, "description", summary);
        if (required.Count > 0)
            definition["required"] = required;
        definitions[info.Type.Name] = definition;
    }

    private JsonObject Of(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
            return new JsonObject { ["type"] = "string" };
        if (type == typeof(bool))
            return new JsonObject { ["type"] = "boolean" };
        if (type == typeof(int) || type == typeof(long))
            return new JsonObject { ["type"] = "integer" };
        if (type == typeof(double))
            return new JsonObject { ["type"] = "number" };
        if (type == typeof(DateTimeOffset))
            return new JsonObject { ["type"] = "string", ["format"] = "date-time" };
        if (type == typeof(JsonObject))
            return new JsonObject { ["type"] = "object" };
        var info = options.GetTypeInfo(type);
        switch (info.Kind)
        {
            case JsonTypeInfoKind.Dictionary:
                return new JsonObject { ["type"] = "object", ["additionalProperties"] = Of(info.ElementType!) };
            case JsonTypeInfoKind.Enumerable:
                return new JsonObject { ["type"] = "array", ["items"] = Of(info.ElementType!) };
            case JsonTypeInfoKind.Object:
                Define(info);
                return new JsonObject { ["$ref"] = Reference(type) };
            default:
                throw new InvalidOperationException($"{type} has no schema");
        }
    }
}
