using System.Buffers;
using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Kdoctor.ApiServer.Bodies;

/// <summary>Reads one YAML document as JSON (YAML 1.2 core schema, section 10.3). Aliases are refused: they can blow up a small text.</summary>
internal static class YamlText
{
    private static readonly SearchValues<char> RealDigits = SearchValues.Create("0123456789.eE+-");

    /// <exception cref="FormatException">The text is not YAML that this server accepts; the message says why.</exception>
    public static JsonNode? Read(string text)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _)) return null;
            parser.Consume<DocumentStart>();
            var node = Node(parser, 0);
            parser.Consume<DocumentEnd>();
            if (!parser.Accept<StreamEnd>(out _)) throw new FormatException("more than one YAML document");
            return node;
        }
        catch (YamlException e)
        {
            throw new FormatException($"yaml: line {e.Start.Line}: {e.Message}", e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // The parser ends with these, too, on some texts that are not YAML, for example on "a: [\nb: {c: ~}".
            throw new FormatException("yaml: the text is not YAML", e);
        }
    }

    private static JsonNode? Node(Parser parser, int depth)
    {
        if (depth > JsonText.MaxDepth) throw new FormatException("yaml: nested too deeply");
        if (parser.TryConsume<Scalar>(out var scalar)) return Value(scalar);
        if (parser.TryConsume<SequenceStart>(out _))
        {
            var items = new JsonArray();
            while (!parser.TryConsume<SequenceEnd>(out _)) items.Add(Node(parser, depth + 1));
            return items;
        }

        if (!parser.TryConsume<MappingStart>(out _)) throw new FormatException("yaml: aliases are not accepted");
        var fields = new JsonObject();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (!parser.TryConsume<Scalar>(out var key)) throw new FormatException("yaml: a key must be a plain value");
            if (!fields.TryAdd(key.Value, Node(parser, depth + 1))) throw new FormatException($"yaml: duplicate field \"{key.Value}\"");
        }

        return fields;
    }

    private static JsonValue? Value(Scalar scalar)
    {
        if (scalar.Style != ScalarStyle.Plain) return JsonValue.Create(scalar.Value);
        return scalar.Value switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => JsonValue.Create(true),
            "false" or "False" or "FALSE" => JsonValue.Create(false),
            var text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
            var text when IsReal(text, out var real) => JsonText.FromDouble(real),
            var text => JsonValue.Create(text),
        };
    }

    private static bool IsReal(string text, out double real)
    {
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        real = 0;
        return !text.AsSpan().ContainsAnyExcept(RealDigits)
            && double.TryParse(text, style, CultureInfo.InvariantCulture, out real)
            && double.IsFinite(real);
    }
}
