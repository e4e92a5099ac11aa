using System.Text.Json.Nodes;

namespace Kdoctor.TestKit.ApiServer;

/// <summary>What a <see cref="LoopbackApi"/> answered.</summary>
public sealed record LoopbackAnswer(int Code, string Text, IReadOnlyList<string> Warnings)
{
    public JsonObject Json => JsonNode.Parse(Text)!.AsObject();

    /// <summary>The reason of a Status.</summary>
    public string? Reason => Json["reason"]?.GetValue<string>();

    /// <summary>The message of a Status.</summary>
    public string? Message => Json["message"]?.GetValue<string>();
}
