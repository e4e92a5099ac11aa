using System.Globalization;
using System.Text.Json.Nodes;

namespace Kdoctor.ApiServer.Objects;

/// <summary>Reading and writing the few fields of <c>metav1.ObjectMeta</c> that the server itself uses.</summary>
internal static class ObjectJson
{
    public static string? Text(this JsonObject parent, string name) =>
        parent[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <summary>The metadata; a missing one is added.</summary>
    public static JsonObject Metadata(this JsonObject item)
    {
        if (item["metadata"] is JsonObject metadata) return metadata;
        var added = new JsonObject();
        item["metadata"] = added;
        return added;
    }

    public static long Generation(this JsonObject item) =>
        item.Metadata()["generation"] is JsonValue value && value.TryGetValue(out long generation) ? generation : 0;

    public static IEnumerable<string> Finalizers(this JsonObject item) =>
        (item.Metadata()["finalizers"] as JsonArray ?? []).Select(finalizer => finalizer!.GetValue<string>());

    public static bool IsBeingDeleted(this JsonObject item) => item.Metadata().ContainsKey("deletionTimestamp");

    /// <summary>Puts a copy of one field of another object in place of one's own, or removes it where the other has none.</summary>
    public static void TakeFrom(this JsonObject target, JsonObject source, string field)
    {
        if (source.TryGetPropertyValue(field, out var value)) target[field] = value?.DeepClone();
        else target.Remove(field);
    }

    /// <summary>RFC 3339 with seconds, as every time in metadata is written.</summary>
    public static string Timestamp(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
