using System.Text.Json.Nodes;

namespace Kdoctor.ApiServer.Patching;

/// <summary>JSON merge patch (RFC 7386 section 2).</summary>
internal static class MergePatch
{
    /// <summary>Applies a patch and returns the result; both arguments may be used up.</summary>
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes) return patch?.DeepClone();
        var result = target as JsonObject ?? [];
        foreach (var (name, change) in changes)
        {
            if (change is null)
            {
                result.Remove(name);
                continue;
            }

            // The child leaves its parent while it is patched: a node has one parent only.
            result.Remove(name, out var child);
            result[name] = Apply(child, change);
        }

        return result;
    }
}
