using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Kdoctor.Core.Tasks.Manifests;

/// <summary>A JSON tree as YAML that reads back as the same tree.</summary>
public static class YamlText
{
    /// <summary>One document without markers, fields in the tree's order, ending in a line break.</summary>
    public static string Write(JsonNode? node)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text, EmitterSettings.Default.WithBestWidth(int.MaxValue).WithMaxSimpleKeyLength(1024));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Emit(emitter, node);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        var written = text.ToString();
        return written.EndsWith("...\n", StringComparison.Ordinal) ? written[..^4] : written;
    }

    private static void Emit(Emitter emitter, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, true, map.Count == 0 ? MappingStyle.Flow : MappingStyle.Block));
                foreach (var (key, value) in map)
                {
                    Emit(emitter, JsonValue.Create(key));
                    Emit(emitter, value);
                }

                emitter.Emit(new MappingEnd());
                break;
            case JsonArray list:
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, true, list.Count == 0 ? SequenceStyle.Flow : SequenceStyle.Block));
                foreach (var item in list)
                    Emit(emitter, item);
                emitter.Emit(new SequenceEnd());
                break;
            default:
                emitter.Emit(ScalarOf(node));
                break;
        }
    }

    private static Scalar ScalarOf(JsonNode? node)
    {
        if (node?.GetValueKind() is not JsonValueKind.String)
            return new Scalar(node?.ToJsonString() ?? "null");
        var text = node.GetValue<string>();
        var plain = PlainScalar.Resolve(text).Kind is ScalarKind.Text && IsSafePlain(text);
        var style = plain ? ScalarStyle.Plain
            : text.Any(char.IsControl) ? ScalarStyle.DoubleQuoted
            : ScalarStyle.SingleQuoted;
        return new Scalar(AnchorName.Empty, TagName.Empty, text, style, isPlainImplicit: plain, isQuotedImplicit: true);
    }

    /// <summary>Stricter than YAML 1.2 section 7.3.3: a letter or digit first, then only what no reader takes for syntax.</summary>
    private static bool IsSafePlain(string text) =>
        text.Length > 0
        && char.IsAsciiLetterOrDigit(text[0])
        && text[^1] is not (' ' or ':')
        && !text.Contains(": ", StringComparison.Ordinal)
        && !text.Contains(" #", StringComparison.Ordinal)
        && text.All(character => char.IsAsciiLetterOrDigit(character) || " -_./:,'()<>=%*+;".Contains(character, StringComparison.Ordinal))
        && !(char.IsAsciiDigit(text[0]) && text.Contains(':', StringComparison.Ordinal));
}
