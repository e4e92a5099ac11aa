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
        foreach (var field in Bookkeeping)
            content["metadata"]!.AsObject().Remove(field);
        return content;
    }
}
