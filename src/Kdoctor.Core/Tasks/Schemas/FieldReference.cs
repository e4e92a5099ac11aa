using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Kdoctor.Core.Tasks.Schemas;

/// <summary>The reference of all fields, in Markdown, from the spec records.</summary>
public static class FieldReference
{
    /// <summary>The whole page.</summary>
    public static string Write()
    {
        var page = new StringBuilder("# Fields of the tasks\n\nWritten by `kdoctor crds -o markdown`; a test compares it. ");
        page.Append("All kinds are `").Append(KindSchema.ApiVersion).Append("` and cluster-scoped. ");
        page.Append("A field without a default may be left out unless it is required.\n");
        foreach (var kind in KindSchema.All)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {kind.Name}\n\n{kind.Spec.Description}\n\n");
            page.Append(CultureInfo.InvariantCulture, $"`kubectl get {string.Join("`, `kubectl get ", kind.ShortNames.Prepend(kind.Plural))}`\n\n");
            Table(page, "spec", kind.Spec);
        }

        page.Append("\n## Status\n\nThe same for every kind; kdoctor writes it.\n\n");
        Table(page, "status", KindSchema.Status);
        return page.ToString();
    }

    /// <summary>A table of all fields below one; their paths begin with its name, if it has one.</summary>
    internal static void Table(StringBuilder page, string name, FieldSchema schema)
    {
        page.Append("| field | type | default | range | description |\n|---|---|---|---|---|\n");
        Rows(page, name, schema);
    }

    private static void Rows(StringBuilder page, string path, FieldSchema schema)
    {
        foreach (var (name, field) in schema.Fields)
        {
            var at = path.Length == 0 ? name : $"{path}.{name}";
            page.Append("| ").AppendJoin(" | ", $"`{at}`", TypeOf(field), DefaultOf(field), RangeOf(field), field.Description).Append(" |\n");
            Rows(page, at, field);
            if (field.Items is { } items)
                Rows(page, at + (field.Type is FieldType.Array ? "[]" : "[name]"), items);
        }
    }

    private static string TypeOf(FieldSchema field) => field.Type switch
    {
        FieldType.Object => "object",
        FieldType.Map => $"map of {TypeOf(field.Items!)}",
        FieldType.Array => $"list of {TypeOf(field.Items!)}",
        FieldType.Text when field.Format is { } format => format,
        FieldType.Text => "text",
        FieldType.Integer => "whole number",
        FieldType.Number => "number",
        FieldType.Boolean => "boolean",
        _ => "quantity",
    };

    private static string DefaultOf(FieldSchema field)
    {
        if (field.Required)
            return "required";
        if (field.ComputedDefault is { } words)
            return words;
        if (field.Default is null || field.Type is FieldType.Object)
            return "";
        return field.Default.GetValueKind() is JsonValueKind.String ? $"`{field.Default.GetValue<string>()}`" : $"`{field.Default.ToJsonString()}`";
    }

    private static string RangeOf(FieldSchema field) => (field.Minimum, field.Maximum) switch
    {
        _ when !field.AllowedValues.IsEmpty => string.Join(", ", field.AllowedValues.Select(value => $"`{value}`")),
        ({ } minimum, { } maximum) => string.Create(CultureInfo.InvariantCulture, $"{minimum} to {maximum}"),
        ({ } minimum, null) => string.Create(CultureInfo.InvariantCulture, $"at least {minimum}"),
        _ => "",
    };
}
