using System.Globalization;
using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Objects;
using Kdoctor.ApiServer.Resources;

namespace Kdoctor.ApiServer.Tables;

/// <summary>What a row of a table carries beside its cells.</summary>
internal enum IncludeObject
{
    Metadata,
    Object,
    None,
}

/// <summary>Objects as <c>meta.k8s.io</c> tables, which is what kubectl get asks for.</summary>
internal sealed class TableWriter
{
    private static readonly PrinterColumn Age = new(
        "Age", "date", ".metadata.creationTimestamp", "When the object was created, as the time that has passed since.");

    private readonly List<(PrinterColumn Column, SimpleJsonPath Path)> columns;
    private readonly TimeProvider time;

    /// <exception cref="FormatException">A column's path is not a simple one.</exception>
    public TableWriter(ResourceDefinition definition, TimeProvider time)
    {
        IReadOnlyList<PrinterColumn> columns = definition.PrinterColumns.Count > 0 ? definition.PrinterColumns : [Age];
        this.columns = [.. columns.Select(column => (column, SimpleJsonPath.Parse(column.JsonPath)))];
        this.time = time;
    }

    /// <summary>A table of some objects.</summary>
    /// <param name="items">The rows.</param>
    /// <param name="metadata">Metadata of the list.</param>
    /// <param name="version"><c>v1</c> or <c>v1beta1</c>.</param>
    /// <param name="include">What a row carries.</param>
    /// <param name="withColumns">Whether to send the headings; a watch sends them once.</param>
    public JsonObject Write(IEnumerable<JsonObject> items, JsonObject metadata, string version, IncludeObject include, bool withColumns = true) => new()
    {
        ["kind"] = "Table",
        ["apiVersion"] = "meta.k8s.io/" + version,
        ["metadata"] = metadata,
        ["columnDefinitions"] = withColumns ? Columns() : null,
        ["rows"] = new JsonArray([.. items.Select(item => Row(item, version, include))]),
    };

    private JsonArray Columns()
    {
        var name = new PrinterColumn("Name", "string", "", "Name of the object, unique within its scope.", "name");
        return new JsonArray([.. this.columns.Select(column => column.Column).Prepend(name).Select(column => new JsonObject
        {
            ["name"] = column.Name,
            ["type"] = column.Type,
            ["format"] = column.Format,
            ["description"] = column.Description ?? $"Custom resource definition column (in JSONPath format): {column.JsonPath}",
            ["priority"] = column.Priority,
        })]);
    }

    private JsonObject Row(JsonObject item, string version, IncludeObject include)
    {
        var cells = new JsonArray(JsonValue.Create(item.Metadata().Text("name")));
        foreach (var (column, path) in this.columns) cells.Add(Cell(column, path.Read(item)));
        var row = new JsonObject { ["cells"] = cells };
        if (include == IncludeObject.Object) row["object"] = item;
        if (include == IncludeObject.Metadata) row["object"] = PartialMetadata.Of(item, version);
        return row;
    }

    private JsonNode? Cell(PrinterColumn column, JsonNode? value)
    {
        if (value is not JsonValue scalar) return value is null ? null : JsonValue.Create(value.ToJsonString());
        var text = scalar.TryGetValue(out string? isText) ? isText : scalar.ToJsonString();
        return column.Type switch
        {
            "date" => JsonValue.Create(Since(text)),
            "string" => JsonValue.Create(text),
            _ => scalar.DeepClone(),
        };
    }

    private string Since(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? HumanDuration.Format(this.time.GetUtcNow() - time)
            : "<invalid>";
}
