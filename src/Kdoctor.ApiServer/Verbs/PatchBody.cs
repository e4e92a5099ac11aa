using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Bodies;
using Kdoctor.ApiServer.Errors;
using Kdoctor.ApiServer.Patching;

namespace Kdoctor.ApiServer.Verbs;

/// <summary>A patch of one of the kinds that this server knows.</summary>
/// <param name="Merge">A merge patch, or</param>
/// <param name="Operations">a JSON patch.</param>
internal sealed record PatchBody(JsonObject? Merge, JsonPatch? Operations)
{
    private const string Strategic = "application/strategic-merge-patch+json";
    private const string Types = "application/json-patch+json, application/merge-patch+json";

    /// <summary>Reads the body; 415 for a kind that is not known, 400 for one that is not readable.</summary>
    public static Attempt<PatchBody> Parse(byte[] body, string mediaType, bool takesStrategic)
    {
        // 415 is what kubectl answers with its own hint to leave --server-side out.
        if (mediaType is "application/apply-patch+yaml" or "application/apply-patch+cbor")
        {
            return new ApiError(
                415, "UnsupportedMediaType", $"this server does not do server-side apply: use kubectl apply without --server-side; accepted media types include: {Types}");
        }

        if (mediaType is not ("application/merge-patch+json" or "application/json-patch+json") && !(takesStrategic && mediaType == Strategic)) return ApiErrors.UnsupportedMediaType(Types);
        try
        {
            var node = JsonText.Read(body);
            if (mediaType == Strategic && SpeaksOfLists(node))
            {
                return new ApiError(
                    415, "UnsupportedMediaType", "this server does not merge lists strategically: use kubectl replace, or kubectl patch --type=merge");
            }

            if (mediaType != "application/json-patch+json")
                return node is JsonObject merge ? new PatchBody(merge, null) : ApiErrors.BadRequest("a merge patch of an object must be an object");
            return JsonPatch.Parse(node).Succeeded(out var operations, out var error) ? new PatchBody(null, operations) : error;
        }
        catch (FormatException e)
        {
            return ApiErrors.BadRequest("error decoding patch: " + e.Message);
        }
    }

    /// <summary>The patched document.</summary>
    public Attempt<JsonObject> Apply(JsonObject document) =>
        Merge is null ? Operations!.Apply(document) : (JsonObject)MergePatch.Apply(document, Merge)!;

    // Directives begin with a dollar, and all but one of them are about lists.
    private static bool SpeaksOfLists(JsonNode? node) => node switch
    {
        JsonArray => true,
        JsonObject fields => fields.Any(field => field.Key.StartsWith('$') || SpeaksOfLists(field.Value)),
        _ => false,
    };
}
