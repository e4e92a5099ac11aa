using Kdoctor.ApiServer.Errors;
using Kdoctor.ApiServer.Objects;

namespace Kdoctor.ApiServer.Selecting;

/// <summary>A field selector; like custom resources this server knows <c>metadata.name</c> and <c>metadata.namespace</c>, and for events their object.</summary>
/// <param name="Terms">Field, wanted value, and whether it must be equal.</param>
internal sealed record FieldSelector(IReadOnlyList<(string Field, string Value, bool Equal)> Terms)
{
    private const string Involved = "involvedObject.";

    public static FieldSelector Everything { get; } = new([]);

    /// <param name="text">Terms joined by commas.</param>
    /// <param name="isEvent">Whether the resource is core/v1 Event, which kubectl describe selects by the fields of its object.</param>
    public static Attempt<FieldSelector> Parse(string? text, bool isEvent)
    {
        if (string.IsNullOrEmpty(text)) return Everything;
        var terms = new List<(string, string, bool)>();
        foreach (var term in text.Split(','))
        {
            if (term.Length == 0) continue;
            var at = term.IndexOf('=', StringComparison.Ordinal);
            if (at < 1) return ApiErrors.BadRequest($"invalid selector: '{text}'; can't understand '{term}'");
            var equal = term[at - 1] != '!';
            var field = term[..(equal ? at : at - 1)];
            var value = term[(at + 1)..];
            if (equal && value.StartsWith('=')) value = value[1..];
            if (field is not ("metadata.name" or "metadata.namespace") && !(isEvent && IsEventField(field)))
                return ApiErrors.BadRequest($"field label not supported: {field}");
            terms.Add((field, value, equal));
        }

        return new FieldSelector(terms);
    }

    public bool Matches(ApiObject item) => Terms.All(term => Read(item, term.Field) == term.Value == term.Equal);

    private static bool IsEventField(string field) =>
        field is "type" or "reason" || (field.StartsWith(Involved, StringComparison.Ordinal) && field.IndexOf('.', Involved.Length) < 0);

    private static string Read(ApiObject item, string field)
    {
        if (field == "metadata.name") return item.Name;
        if (field == "metadata.namespace") return item.Namespace ?? "";
        var json = item.ToJson();
        return field.StartsWith(Involved, StringComparison.Ordinal)
            ? (json["involvedObject"] as System.Text.Json.Nodes.JsonObject)?.Text(field[Involved.Length..]) ?? ""
            : json.Text(field) ?? "";
    }
}
