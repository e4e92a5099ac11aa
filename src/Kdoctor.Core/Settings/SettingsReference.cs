using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Kdoctor.Core.Tasks.Schemas;

namespace Kdoctor.Core.Settings;

/// <summary>The reference of a process's settings, in Markdown, from their record.</summary>
public static class SettingsReference
{
    /// <summary>One table per section, after the section's description.</summary>
    /// <param name="defaults">The record with its defaults.</param>
    /// <param name="contracts">The record's JSON contract.</param>
    public static string Write(object defaults, JsonSerializerContext contracts)
    {
        ArgumentNullException.ThrowIfNull(defaults);
        ArgumentNullException.ThrowIfNull(contracts);
        var page = new StringBuilder();
        var root = SettingsFile.SchemaOf(defaults, contracts);
        var plain = root.Fields.Where(field => field.Value.Fields.IsEmpty).ToList();
        if (plain.Count > 0)
            FieldReference.Table(page.Append('\n'), "", root with { Fields = [.. plain] });
        foreach (var (name, section) in root.Fields.Except(plain))
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {name}\n\n{section.Description}\n\n");
            FieldReference.Table(page, name, section);
        }

        return page.ToString();
    }
}
