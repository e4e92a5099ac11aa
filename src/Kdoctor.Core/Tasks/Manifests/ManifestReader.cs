using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Kdoctor.Core.Tasks.Manifests;

/// <summary>
/// Text (YAML or JSON, one or many documents) becomes trees that remember their lines. Works on parser events, so that no input, however
/// deep or however often it repeats itself by aliases, costs more than the bounds here.
/// </summary>
public static class ManifestReader
{
    /// <summary>The longest file that is read, in bytes of UTF-8.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>The deepest nesting that is read.</summary>
    public const int MaxDepth = 64;

    /// <summary>The most documents that a file may hold.</summary>
    public const int MaxDocuments = 1000;

    /// <summary>The most nodes that a document may hold, with aliases expanded.</summary>
    public const int MaxNodes = 100_000;

    private const char ByteOrderMark = '\uFEFF';

    /// <summary>The problem of a file longer than <see cref="MaxBytes"/>.</summary>
    public static Problem TooLong { get; } = new(
        1, "", $"the file is longer than {MaxBytes} bytes, the most that is read", "split it into several files");

    /// <summary>Reads a file. Never throws for what the text holds; after text that is not YAML nothing further of the file is read.</summary>
    public static ManifestFile Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Encoding.UTF8.GetByteCount(text) > MaxBytes)
            return new ManifestFile([], [TooLong]);
        var documents = ImmutableArray.CreateBuilder<ManifestNode>();
        var problems = ImmutableArray.CreateBuilder<Problem>();
        var parser = new Parser(new StringReader(text.TrimStart(ByteOrderMark)));
        try
        {
            parser.Consume<StreamStart>();
            while (parser.Accept<DocumentStart>(out var start))
            {
                if (documents.Count == MaxDocuments)
                {
                    throw new ManifestException(
                        (int)start.Start.Line, $"the file holds more than {MaxDocuments} documents", "split it into several files");
                }

                if (new DocumentBuilder(parser, problems).Build() is { } document)
                    documents.Add(document);
            }
        }
        catch (ManifestException refused)
        {
            problems.Add(refused.Problem);
        }
        catch (YamlException error)
        {
            problems.Add(NotYaml(text, error));
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // The scanner gives up on some broken texts this way, without a place.
            var line = Math.Max(1, (int)(parser.Current?.End.Line ?? 1));
            problems.Add(new Problem(line, "", "the text is not YAML here or further on", "correct the syntax; nothing after it was read"));
        }

        if (documents.Count == 0 && problems.Count == 0)
            problems.Add(new Problem(1, "", "the file holds no document", "write a task, for example as in examples/netreach.yaml"));
        return new ManifestFile(documents.ToImmutable(), problems.ToImmutable());
    }

    /// <summary>A JSON tree, as an API server holds it, as a manifest without lines. Depth is bounded by whoever parsed the JSON.</summary>
    public static ManifestNode FromJson(JsonNode? json) => json switch
    {
        JsonObject map => new ManifestMap(null, [.. map.Select(field => new ManifestField(null, field.Key, FromJson(field.Value)))]),
        JsonArray list => new ManifestList(null, [.. list.Select(FromJson)]),
        _ => ScalarOf(json),
    };

    private static ManifestScalar ScalarOf(JsonNode? json)
    {
        switch (json?.GetValueKind() ?? JsonValueKind.Null)
        {
            case JsonValueKind.String:
                return new ManifestScalar(null, ScalarKind.Text, json!.GetValue<string>());
            case JsonValueKind.True or JsonValueKind.False:
                return new ManifestScalar(null, ScalarKind.Boolean, json!.ToJsonString());
            case JsonValueKind.Number:
                var (kind, text) = PlainScalar.Resolve(json!.ToJsonString());
                return new ManifestScalar(null, kind, text);
            default:
                return new ManifestScalar(null, ScalarKind.Null, "null");
        }
    }

    private static Problem NotYaml(string text, YamlException error)
    {
        var line = Math.Max(1, (int)error.Start.Line);
        if (error.Message.Contains("tab", StringComparison.OrdinalIgnoreCase) && TabIndented(text, line) is { } tabbed)
            return new Problem(tabbed, "", "the line is indented with a tab, which YAML does not allow", "indent with spaces");
        return new Problem(line, "", "the text from here on is not YAML: " + OneLine(error.Message), "correct the syntax; nothing after it was read");
    }

    /// <summary>The first line from the given one on that has a tab in its indentation.</summary>
    private static int? TabIndented(string text, int from)
    {
        var lines = text.Split('\n');
        for (var line = from; line <= lines.Length; line++)
        {
            var source = lines[line - 1];
            if (source[..^source.TrimStart().Length].Contains('\t', StringComparison.Ordinal))
                return line;
        }

        return null;
    }

    private static string OneLine(string message) =>
        string.Join(' ', message.Split(['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');
}
