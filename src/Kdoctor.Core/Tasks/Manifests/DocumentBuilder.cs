using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Kdoctor.Core.Tasks.Manifests;

/// <summary>Builds one document's tree from parser events.</summary>
internal sealed class DocumentBuilder(IParser parser, ImmutableArray<Problem>.Builder problems)
{
    /// <summary>Bounded by the document's own anchors, and so by the file's length.</summary>
    private readonly Dictionary<AnchorName, ManifestNode> anchors = [];

    // What merge keys have brought in so far, over the whole document: each copies its fields, where an alias only points at them.
    private long mergedNodes;

    /// <summary>Null when the document is empty.</summary>
    public ManifestNode? Build()
    {
        parser.Consume<DocumentStart>();
        var root = Node(1);
        parser.Consume<DocumentEnd>();
        return root is ManifestScalar { Kind: ScalarKind.Null } ? null : root;
    }

    private ManifestNode Node(int depth)
    {
        var line = (int)parser.Current!.Start.Line;
        if (depth > ManifestReader.MaxDepth)
            throw new ManifestException(line, $"the document is nested deeper than {ManifestReader.MaxDepth} levels", "flatten it");
        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            return anchors.TryGetValue(alias.Value, out var known)
                ? known
                : throw new ManifestException(
                    line, $"the alias {ProblemWords.Quote($"*{alias.Value}")} has no anchor before it", "define the anchor first, or write the value out");
        }

        if (parser.Current is not NodeEvent { Anchor: var anchor })
            throw new ManifestException(line, "the text is not YAML here: a value is missing", "correct the syntax; nothing after it was read");
        ManifestNode node = parser.Current switch
        {
            MappingStart => Map(line, depth),
            SequenceStart => List(line, depth),
            _ => ScalarOf(line, parser.Consume<Scalar>()),
        };
        if (node.Size > ManifestReader.MaxNodes)
            throw TooLarge(line);
        if (!anchor.IsEmpty)
            anchors[anchor] = node;
        return node;
    }

    private ManifestList List(int line, int depth)
    {
        parser.Consume<SequenceStart>();
        var items = ImmutableArray.CreateBuilder<ManifestNode>();
        while (!parser.TryConsume<SequenceEnd>(out _))
            items.Add(Node(depth + 1));
        return new ManifestList(line, items.ToImmutable());
    }

    private ManifestMap Map(int line, int depth)
    {
        parser.Consume<MappingStart>();
        var fields = new Dictionary<string, ManifestField>();
        var order = new List<string>();
        var merged = new List<ManifestField>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var keyLine = (int)parser.Current!.Start.Line;
            if (!parser.Accept<Scalar>(out var key))
                throw new ManifestException(keyLine, "a field's name is not a text", "write fields as name: value");
            parser.MoveNext();
            var field = new ManifestField(keyLine, key.Value, Node(depth + 1));
            if (key is { Value: "<<", Style: ScalarStyle.Plain })
                merged.AddRange(Counted(field));
            else if (fields.TryAdd(key.Value, field))
                order.Add(key.Value);
            else
                problems.Add(Duplicate(field, fields[key.Value]));
        }

        foreach (var field in merged)
        {
            if (fields.TryAdd(field.Name, field))
                order.Add(field.Name);
        }

        return new ManifestMap(line, [.. order.Select(name => fields[name])]);
    }

    private IEnumerable<ManifestField> Counted(ManifestField merge)
    {
        mergedNodes += merge.Value.Size;
        return mergedNodes <= ManifestReader.MaxNodes ? MergedBy(merge) : throw TooLarge(merge.Line ?? 1);
    }

    private static ManifestException TooLarge(int line) =>
        new(line, $"the document holds more than {ManifestReader.MaxNodes} nodes with its aliases expanded", "shorten it");

    /// <summary>The fields that a merge key brings in (yaml.org/type/merge.html); the first map that has a name wins.</summary>
    private static IEnumerable<ManifestField> MergedBy(ManifestField merge) => merge.Value switch
    {
        ManifestMap map => map.Fields,
        ManifestList list when list.Items.All(item => item is ManifestMap) => list.Items.SelectMany(item => ((ManifestMap)item).Fields),
        _ => throw new ManifestException(merge.Line ?? 1, "the merge key << holds no map", "give it a map, or an alias to one"),
    };

    private static Problem Duplicate(ManifestField field, ManifestField first) => new(
        field.Line,
        "",
        $"the field {ProblemWords.Quote(field.Name)} is here twice in the same map, first in line {first.Line}",
        "keep one of the two");

    private static ManifestScalar ScalarOf(int line, Scalar scalar)
    {
        var text = scalar.Tag.IsEmpty
            ? scalar.Style is not ScalarStyle.Plain
            : scalar.Tag.IsNonSpecific || scalar.Tag.Value.EndsWith(":str", StringComparison.Ordinal);
        if (text)
            return new ManifestScalar(line, ScalarKind.Text, scalar.Value);
        var (kind, value) = PlainScalar.Resolve(scalar.Value);
        return new ManifestScalar(line, kind, value);
    }
}
