using System.Globalization;
using System.Text.Json.Nodes;

namespace Kdoctor.ApiServer.Patching;

/// <summary>A JSON pointer (RFC 6901): the tokens from the root.</summary>
internal sealed record JsonPointer(IReadOnlyList<string> Tokens)
{
    /// <exception cref="FormatException">The text is not a pointer.</exception>
    public static JsonPointer Parse(string text)
    {
        if (text.Length == 0) return new JsonPointer([]);
        if (text[0] != '/') throw new FormatException($"\"{text}\" is not a JSON pointer");
        return new JsonPointer([.. text[1..].Split('/').Select(Unescape)]);
    }

    /// <summary>The value it points to.</summary>
    /// <exception cref="FormatException">Nothing is there.</exception>
    public JsonNode? Read(JsonNode? root) => Tokens.Aggregate(root, Step);

    /// <summary>The container of the value it points to.</summary>
    /// <exception cref="FormatException">Nothing is there.</exception>
    public JsonNode? ReadParent(JsonNode? root) => Tokens.SkipLast(1).Aggregate(root, Step);

    /// <summary>The last token.</summary>
    public string Last => Tokens[^1];

    /// <summary>Whether a value at this place would be inside the value at the other.</summary>
    public bool IsBelow(JsonPointer other) =>
        Tokens.Count > other.Tokens.Count && Tokens.Take(other.Tokens.Count).SequenceEqual(other.Tokens, StringComparer.Ordinal);

    /// <summary>Index of an existing item: digits without leading zeros (RFC 6901 section 4).</summary>
    public static int Index(string token, int count)
    {
        if (token.Length == 0 || (token.Length > 1 && token[0] == '0')
            || !int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            throw new FormatException($"\"{token}\" is not an array index");
        return index < count ? index : throw new FormatException($"array index {index} is out of bounds");
    }

    private static JsonNode? Step(JsonNode? node, string token) => node switch
    {
        JsonObject fields when fields.TryGetPropertyValue(token, out var child) => child,
        JsonArray items => items[Index(token, items.Count)],
        _ => throw new FormatException($"\"{token}\" does not exist"),
    };

    private static string Unescape(string token)
    {
        for (var at = token.IndexOf('~', StringComparison.Ordinal); at >= 0; at = token.IndexOf('~', at + 1))
        {
            if (at + 1 == token.Length || token[at + 1] is not ('0' or '1')) throw new FormatException("a JSON pointer has a lone ~");
        }

        return token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
    }
}
