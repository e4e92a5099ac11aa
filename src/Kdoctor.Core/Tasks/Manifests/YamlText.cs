using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Kdoctor.Core.Tasks.Manifests;

/// <summary>
/// A JSON tree as a YAML document that every reader, of YAML 1.1 and 1.2, takes for the same tree: keys keep their order, numbers stay
/// numbers, and a string is quoted where any of them would read something else.
/// </summary>
public static partial class YamlText
{
    // Far above any key or line: nothing is folded, and no key takes the long form.
    private static readonly EmitterSettings Settings = new(bestIndent: 2, bestWidth: int.MaxValue, isCanonical: false, maxSimpleKeyLength: int.MaxValue);

    /// <summary>One document without markers, ending in a line break.</summary>
    public static string Write(JsonNode root)
    {
        ArgumentNullException.ThrowIfNull(root);
        using var text = new StringWriter();
        using var document = JsonDocument.Parse(root.ToJsonString());
        Write(text, document.RootElement);
        return text.ToString();
    }

    /// <summary>Writes one document without markers, ending in a line break.</summary>
    public static void Write(TextWriter output, JsonElement root)
    {
        ArgumentNullException.ThrowIfNull(output);
        // The emitter ends lines as its writer does, and a document reads the same from every machine.
        using var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text, Settings);
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Emit(emitter, root);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        output.Write(text.GetStringBuilder());
    }

    private static void Emit(Emitter emitter, JsonElement node)
    {
        switch (node.ValueKind)
        {
            case JsonValueKind.Object:
                var block = node.EnumerateObject().Any();
                emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, block ? MappingStyle.Block : MappingStyle.Flow));
                foreach (var property in node.EnumerateObject())
                {
                    emitter.Emit(Text(property.Name));
                    Emit(emitter, property.Value);
                }
                emitter.Emit(new MappingEnd());
                break;
            case JsonValueKind.Array:
                var style = node.GetArrayLength() > 0 ? SequenceStyle.Block : SequenceStyle.Flow;
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, style));
                foreach (var item in node.EnumerateArray())
                    Emit(emitter, item);
                emitter.Emit(new SequenceEnd());
                break;
            case JsonValueKind.String:
                emitter.Emit(Text(node.GetString()!));
                break;
            default:
                emitter.Emit(Plain(node.ValueKind == JsonValueKind.Number ? Number(node.GetRawText()) : node.GetRawText()));
                break;
        }
    }

    // YAML 1.1 knows no exponent without a point before it and a sign within it (yaml.org/type/float.html).
    private static string Number(string json)
    {
        var exponent = json.IndexOfAny(['e', 'E']);
        if (exponent < 0)
            return json;
        var mantissa = json[..exponent];
        var power = json[(exponent + 1)..];
        return $"{mantissa}{(mantissa.Contains('.', StringComparison.Ordinal) ? "" : ".0")}E{(power[0] is '+' or '-' ? "" : "+")}{power}";
    }

    private static Scalar Text(string value) => Plainly().IsMatch(value) && !Word().IsMatch(value) && !(char.IsAsciiDigit(value[0]) && !NoNumber().IsMatch(value))
        ? Plain(value)
        : new Scalar(AnchorName.Empty, TagName.Empty, value, ScalarStyle.DoubleQuoted, isPlainImplicit: false, isQuotedImplicit: true);

    private static Scalar Plain(string value) => new(AnchorName.Empty, TagName.Empty, value, ScalarStyle.Plain, isPlainImplicit: true, isQuotedImplicit: false);

    // Begins with a letter, digit or slash; no indicator inside that could begin or end anything: a colon only within a word.
    [GeneratedRegex(@"\A[A-Za-z0-9/](?:[A-Za-z0-9_./@()%;=+-]|,(?! )|,(?= [A-Za-z0-9])|:(?=[A-Za-z0-9/])| (?=[A-Za-z0-9(/]))*\z")]
    private static partial Regex Plainly();

    // What YAML 1.1 reads as a truth value or as nothing (yaml.org/type/bool.html).
    [GeneratedRegex(@"\A(?:y|n|yes|no|on|off|true|false|null)\z", RegexOptions.IgnoreCase)]
    private static partial Regex Word();

    // A character that stands in no number and no timestamp of any YAML.
    [GeneratedRegex("[G-NP-SU-WYg-np-su-wy%/@(;=]")]
    private static partial Regex NoNumber();
}
