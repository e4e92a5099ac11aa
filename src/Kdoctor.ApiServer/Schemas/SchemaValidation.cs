using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Kdoctor.ApiServer.Errors;

namespace Kdoctor.ApiServer.Schemas;

/// <summary>Checks values against a structural schema: types, enums, ranges, lengths, patterns, required fields. All problems at once.</summary>
internal static class SchemaValidation
{
    /// <summary>Problems told of one object; the rest would not be read.</summary>
    public const int MaxProblems = 100;

    private static readonly TimeSpan PatternTimeout = TimeSpan.FromMilliseconds(100);

    public static List<FieldCause> Validate(JsonNode? value, JsonObject schema, string path = "")
    {
        var causes = new List<FieldCause>();
        Visit(value, schema, path, causes);
        return causes;
    }

    private static void Visit(JsonNode? value, JsonObject schema, string path, List<FieldCause> causes)
    {
        if (causes.Count >= MaxProblems || (value is null && schema.IsTrue("nullable"))) return;
        if (TypeProblem(value, schema, path) is { } problem)
        {
            causes.Add(problem);
            return;
        }

        Enum(value, schema, path, causes);
        switch (value)
        {
            case JsonObject fields: Object(fields, schema, path, causes); break;
            case JsonArray items: Array(items, schema, path, causes); break;
            case JsonValue scalar when scalar.TryGetValue(out string? text): String(text, schema, path, causes); break;
            case JsonValue scalar when Number(scalar) is { } number: Range(number, schema, path, causes); break;
        }
    }

    private static FieldCause? TypeProblem(JsonNode? value, JsonObject schema, string path)
    {
        if (schema["type"]?.GetValue<string>() is not { } wanted) return null;
        var found = TypeOf(value);
        if (found == wanted || (found == "integer" && wanted == "number")) return null;
        return new FieldCause(path, $"Invalid value: \"{found}\": {path} in body must be of type {wanted}: \"{found}\"");
    }

    private static string TypeOf(JsonNode? value) => value switch
    {
        null => "null",
        JsonObject => "object",
        JsonArray => "array",
        JsonValue scalar when scalar.TryGetValue(out string? _) => "string",
        JsonValue scalar when scalar.TryGetValue(out bool _) => "boolean",
        JsonValue scalar when Number(scalar) is { } number && double.IsInteger(number) => "integer",
        _ => "number",
    };

    private static void Enum(JsonNode? value, JsonObject schema, string path, List<FieldCause> causes)
    {
        if (schema["enum"] is not JsonArray allowed || allowed.Any(item => JsonNode.DeepEquals(item, value))) return;
        var list = string.Join(", ", allowed.Select(Show));
        causes.Add(new FieldCause(path, $"Unsupported value: {Show(value)}: supported values: {list}", FieldCause.NotSupported));
    }

    private static void Object(JsonObject fields, JsonObject schema, string path, List<FieldCause> causes)
    {
        foreach (var name in (schema["required"] as JsonArray ?? []).Select(item => item!.GetValue<string>()))
        {
            if (!fields.ContainsKey(name)) causes.Add(new FieldCause(Join(path, name), "Required value", FieldCause.Required));
        }

        var properties = schema["properties"] as JsonObject;
        foreach (var (name, child) in fields)
        {
            if ((properties?[name] ?? schema["additionalProperties"]) is JsonObject inner) Visit(child, inner, Join(path, name), causes);
        }
    }

    private static void Array(JsonArray items, JsonObject schema, string path, List<FieldCause> causes)
    {
        if (Limit(schema, "maxItems") is { } most && items.Count > most)
            causes.Add(new FieldCause(path, $"Invalid value: {items.Count}: {path} in body should have at most {most} items"));
        if (Limit(schema, "minItems") is { } least && items.Count < least)
            causes.Add(new FieldCause(path, $"Invalid value: {items.Count}: {path} in body should have at least {least} items"));
        if (schema["items"] is not JsonObject inner) return;
        for (var i = 0; i < items.Count; i++) Visit(items[i], inner, $"{path}[{i}]", causes);
    }

    private static void String(string text, JsonObject schema, string path, List<FieldCause> causes)
    {
        var length = new StringInfo(text).LengthInTextElements;
        if (Limit(schema, "maxLength") is { } most && length > most)
            causes.Add(new FieldCause(path, $"Invalid value: \"{text}\": {path} in body should be at most {most} chars long"));
        if (Limit(schema, "minLength") is { } least && length < least)
            causes.Add(new FieldCause(path, $"Invalid value: \"{text}\": {path} in body should be at least {least} chars long"));
        if (schema["pattern"]?.GetValue<string>() is { } pattern && !Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant, PatternTimeout))
            causes.Add(new FieldCause(path, $"Invalid value: \"{text}\": {path} in body should match '{pattern}'"));
    }

    private static void Range(double number, JsonObject schema, string path, List<FieldCause> causes)
    {
        if (Limit(schema, "minimum") is { } least && (number < least || (number == least && schema.IsTrue("exclusiveMinimum"))))
            causes.Add(Outside(number, path, schema.IsTrue("exclusiveMinimum") ? "greater than" : "greater than or equal to", least));
        if (Limit(schema, "maximum") is { } most && (number > most || (number == most && schema.IsTrue("exclusiveMaximum"))))
            causes.Add(Outside(number, path, schema.IsTrue("exclusiveMaximum") ? "less than" : "less than or equal to", most));
    }

    private static FieldCause Outside(double number, string path, string rule, double limit) =>
        new(path, string.Create(CultureInfo.InvariantCulture, $"Invalid value: {number}: {path} in body should be {rule} {limit}"));

    private static double? Limit(JsonObject schema, string name) => schema[name] is JsonValue value ? Number(value) : null;

    /// <summary>Schemas may be built in code, with any number type; objects from requests hold long or double.</summary>
    private static double? Number(JsonValue value) =>
        value.GetValueKind() == System.Text.Json.JsonValueKind.Number
            ? double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture)
            : null;

    private static string Show(JsonNode? value) => value?.ToJsonString() ?? "null";

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
