using System.Text.Json.Nodes;

namespace Kdoctor.Cli.Installing;

/// <summary>What applying an object changed, in the word that users see.</summary>
internal static class AppliedChange
{
    // Servers count a version up when only their note of who set which field is newer, and others write the status meanwhile.
    private static readonly string[] Bookkeeping = ["managedFields", "resourceVersion"];

    /// <summary><c>created</c>, <c>changed</c> or <c>unchanged</c>; an object without a before was created.</summary>
    public static string Of(JsonObject? before, JsonObject after)
    {
        if (before is null)
            return "created";
        return JsonNode.DeepEquals(Content(before), Content(after)) ? "unchanged" : "changed";
    }

    private static JsonObject Content(JsonObject document)
    {
        var content = document.DeepClone().AsObject();
        content.Remove("status");
        var metadata = content["metadata"]!.AsObject();
        foreach (var field in Bookkeeping)
            metadata.Remove(field);

        // Our own note of what was applied has what the controller wrote meanwhile, which an installation keeps.
        if (metadata["annotations"] is JsonObject annotations && annotations.Remove(AppliedFields.Annotation) && annotations.Count == 0)
            metadata.Remove("annotations");
        return content;
    }
}
