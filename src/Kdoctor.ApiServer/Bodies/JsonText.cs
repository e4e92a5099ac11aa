using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kdoctor.ApiServer.Bodies;

/// <summary>Reads JSON from strangers into a tree that can be walked without surprises, and writes it.</summary>
/// <remarks>
/// Unlike a lazily parsed tree, everything is checked while reading: depth, duplicate names, unpaired surrogates, numbers beyond a double.
/// Numbers become <see cref="long"/> where they are whole and fit, otherwise <see cref="double"/>, as in the real server.
/// </remarks>
internal static class JsonText
{
    /// <summary>Deepest nesting accepted.</summary>
    public const int MaxDepth = 64;

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="FormatException">The text is not JSON that this server accepts; the message says why.</exception>
    public static JsonNode? Read(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
            reader.Read();
            var node = Node(ref reader);
            if (reader.Read()) throw new FormatException("more than one JSON value");
            return node;
        }
        catch (JsonException e)
        {
            throw new FormatException(e.Message, e);
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("a string is not valid Unicode", e);
        }
    }

    /// <summary>Reads text that this server wrote.</summary>
    public static JsonObject ReadTrusted(ReadOnlySpan<byte> utf8) => (JsonObject)Read(utf8)!;

    public static byte[] Write(JsonNode node)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions)) node.WriteTo(writer);
        return buffer.ToArray();
    }

    private static JsonNode? Node(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => Object(ref reader),
        JsonTokenType.StartArray => Array(ref reader),
        JsonTokenType.String => JsonValue.Create(reader.GetString()),
        JsonTokenType.Number => Number(ref reader),
        JsonTokenType.True => JsonValue.Create(true),
        JsonTokenType.False => JsonValue.Create(false),
        _ => null,
    };

    private static JsonObject Object(ref Utf8JsonReader reader)
    {
        var result = new JsonObject();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (!result.TryAdd(name, Node(ref reader))) throw new FormatException($"duplicate field \"{name}\"");
        }

        return result;
    }

    private static JsonArray Array(ref Utf8JsonReader reader)
    {
        var result = new JsonArray();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) result.Add(Node(ref reader));
        return result;
    }

    private static JsonValue Number(ref Utf8JsonReader reader)
    {
        if (reader.TryGetInt64(out var whole)) return JsonValue.Create(whole);
        if (!reader.TryGetDouble(out var real) || !double.IsFinite(real)) throw new FormatException("a number is out of range");
        return FromDouble(real);
    }

    /// <summary>A whole number as <see cref="long"/>, any other as <see cref="double"/>.</summary>
    internal static JsonValue FromDouble(double real) =>
        double.IsInteger(real) && Math.Abs(real) < 1L << 53 ? JsonValue.Create((long)real) : JsonValue.Create(real);
}
