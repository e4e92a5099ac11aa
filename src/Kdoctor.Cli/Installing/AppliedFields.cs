using System.Text.Json.Nodes;

namespace Kdoctor.Cli.Installing;

/// <summary>
/// What a merge must say where a server does not remember who set which field: the fields that are wanted, and null for those that an earlier
/// installation set and this one does not. The memory of that is an annotation, as it is with kubectl.
/// </summary>
internal static class AppliedFields
{
    /// <summary>Holds the object as it was last wanted.</summary>
    public const string Annotation = "kdoctor.io/applied";

    /// <summary>The object with the memory of itself.</summary>
    public static JsonObject Remembering(JsonObject wanted)
    {
        var copy = wanted.DeepClone().AsObject();
        var metadata = copy["metadata"]!.AsObject();
        if (metadata["annotations"] is not JsonObject annotations)
            metadata["annotations"] = annotations = [];
        annotations[Annotation] = wanted.ToJsonString();
        return copy;
    }

    /// <summary>The merge patch (RFC 7386) that makes what is there what is wanted, and leaves alone what others set.</summary>
    public static JsonObject Patch(JsonObject there, JsonObject wanted)
    {
        var patch = Remembering(wanted);
        if (there["metadata"]?["annotations"]?[Annotation]?.ToString() is { } before && Read(before) is { } last)
            Remove(patch, last);
        return patch;
    }

    // Lists are replaced whole by a merge: only fields of maps can stay behind.
    private static void Remove(JsonObject patch, JsonObject last)
    {
        foreach (var (name, value) in last)
        {
            if (!patch.ContainsKey(name))
                patch[name] = null;
            else if (patch[name] is JsonObject inner && value is JsonObject before)
                Remove(inner, before);
        }
    }

    // Whoever may change the object may change the annotation: what is no object says nothing.
    private static JsonObject? Read(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
