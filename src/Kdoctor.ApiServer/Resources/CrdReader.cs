using System.Text.Json.Nodes;

namespace Kdoctor.ApiServer.Resources;

/// <summary>Reads what this server uses of an <c>apiextensions.k8s.io/v1</c> CustomResourceDefinition.</summary>
internal static class CrdReader
{
    public static ResourceDefinition Read(JsonObject crd)
    {
        if (Text(crd, "kind") is not "CustomResourceDefinition" || Text(crd, "apiVersion") is not "apiextensions.k8s.io/v1")
            throw new FormatException("not an apiextensions.k8s.io/v1 CustomResourceDefinition");

        var spec = Child(crd, "spec");
        var names = Child(spec, "names");
        var version = (spec["versions"] as JsonArray ?? [])
            .OfType<JsonObject>()
            .FirstOrDefault(item => Flag(item, "served") && Flag(item, "storage"))
            ?? throw new FormatException("no version is both served and stored");
        var kind = Required(names, "kind");
        return new ResourceDefinition
        {
            Group = Required(spec, "group"),
            Version = Required(version, "name"),
            Kind = kind,
            Plural = Required(names, "plural"),
            Singular = Text(names, "singular") ?? kind.ToLowerInvariant(),
            ShortNames = Texts(names, "shortNames"),
            Categories = Texts(names, "categories"),
            Scope = Required(spec, "scope") == "Cluster" ? ResourceScope.Cluster : ResourceScope.Namespaced,
            Schema = (JsonObject)Child(Child(version, "schema"), "openAPIV3Schema").DeepClone(),
            PrinterColumns = [.. (version["additionalPrinterColumns"] as JsonArray ?? []).OfType<JsonObject>().Select(Column)],
            HasStatus = version["subresources"] is JsonObject subresources && subresources.ContainsKey("status"),
        };
    }

    private static PrinterColumn Column(JsonObject column) => new(
        Required(column, "name"),
        Required(column, "type"),
        Required(column, "jsonPath"),
        Text(column, "description"),
        Text(column, "format") ?? "",
        column["priority"]?.GetValue<int>() ?? 0);

    private static JsonObject Child(JsonObject parent, string name) =>
        parent[name] as JsonObject ?? throw new FormatException($"{name} is missing");

    private static string Required(JsonObject parent, string name) =>
        Text(parent, name) ?? throw new FormatException($"{name} is missing");

    private static string? Text(JsonObject parent, string name) =>
        parent[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static bool Flag(JsonObject parent, string name) =>
        parent[name] is JsonValue value && value.TryGetValue(out bool flag) && flag;

    private static string[] Texts(JsonObject parent, string name) =>
        [.. (parent[name] as JsonArray ?? []).Select(item => item!.GetValue<string>())];
}
