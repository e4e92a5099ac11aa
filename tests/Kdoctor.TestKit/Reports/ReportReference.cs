using System.Text;
using System.Text.Json.Nodes;

namespace Kdoctor.TestKit.Reports;

/// <summary>The reference of every field of a report, in Markdown, from its schema.</summary>
public static class ReportReference
{
    /// <summary>The whole page.</summary>
    public static string Generate()
    {
        var schema = JsonNode.Parse(ReportSchema.Generate())!;
        var definitions = schema["definitions"]!.AsObject();
        var page = new StringBuilder("# Fields of the reports\n\nWritten from [the schema](kdoctorreport.schema.json); a test compares it. A field that is not always there is absent where it is not known; it is never 0 instead.\n");
        foreach (var (name, definition) in InOrder(definitions, schema["$ref"]!.ToString()))
        {
            page.Append("\n## ").Append(name).Append("\n\n").Append(definition["description"]).Append("\n\n| field | type | always there | description |\n|---|---|---|---|\n");
            var required = definition["required"]?.AsArray().Select(field => field!.ToString()).ToHashSet(StringComparer.Ordinal) ?? [];
            foreach (var (field, shape) in definition["properties"]!.AsObject())
                page.Append("| ").AppendJoin(" | ", $"`{field}`", TypeOf(shape!), required.Contains(field) ? "yes" : "", $"{shape!["description"]}").Append(" |\n");
        }
        return page.ToString();
    }

    // The report first, then each part where it is first named.
    private static IEnumerable<KeyValuePair<string, JsonNode>> InOrder(JsonObject definitions, string root)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Queue<string>([NameOf(root)]);
        while (waiting.TryDequeue(out var name))
        {
            if (!seen.Add(name) || definitions[name]?["properties"] is not JsonObject properties)
                continue;
            yield return KeyValuePair.Create(name, definitions[name]!);
            foreach (var (_, shape) in properties)
            {
                foreach (var reference in References(shape!))
                    waiting.Enqueue(NameOf(reference));
            }
        }
    }

    private static IEnumerable<string> References(JsonNode shape) =>
        new[] { shape["$ref"], shape["items"]?["$ref"], shape["additionalProperties"] is JsonObject values ? values["$ref"] : null }.OfType<JsonNode>().Select(reference => reference.ToString());

    private static string TypeOf(JsonNode shape) =>
        shape["$ref"] is { } reference ? $"[{NameOf(reference.ToString())}](#{NameOf(reference.ToString()).ToLowerInvariant()})"
        : shape["items"] is { } items ? $"list of {TypeOf(items)}"
        : shape["additionalProperties"] is JsonObject values ? $"map of {TypeOf(values)}"
        : shape["format"]?.ToString() ?? shape["type"]?.ToString() ?? "object";

    private static string NameOf(string reference) => reference[(reference.LastIndexOf('/') + 1)..];
}
