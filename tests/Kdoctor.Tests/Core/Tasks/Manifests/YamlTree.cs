using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Kdoctor.Tests.Core.Tasks.Manifests;

/// <summary>YAML read as the strictest and the laxest reader would: a plain scalar that either takes for something else is that.</summary>
internal static partial class YamlTree
{
    public static JsonNode? Read(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return Node(Assert.Single(stream.Documents).RootNode);
    }

    private static JsonNode? Node(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(child => KeyValuePair.Create(Key(child.Key), Node(child.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Node)]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => Plain(scalar.Value!),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => throw new InvalidOperationException($"{node} has no JSON form"),
    };

    private static string Key(YamlNode key) =>
        Assert.IsType<YamlScalarNode>(key) is { Style: ScalarStyle.Plain, Value: { } plain } ? Plain(plain)!.GetValue<string>() : ((YamlScalarNode)key).Value!;

    private static JsonNode? Plain(string value) => value switch
    {
        "null" => null,
        "true" => true,
        "false" => false,
        _ when JsonLike().IsMatch(value) => double.Parse(value, CultureInfo.InvariantCulture),
        _ when Misread().IsMatch(value) => throw new InvalidOperationException($"'{value}' is not a string to every reader"),
        _ => value,
    };

    // Both grammars' float: YAML 1.1 wants a point and a signed exponent, or digits alone.
    [GeneratedRegex(@"\A-?[0-9]+(?:\.[0-9]*(?:[eE][-+][0-9]+)?)?\z")]
    private static partial Regex JsonLike();

    // yaml.org/type: null, bool, int (octal, hex, binary, base 60), float, timestamp, merge, value; YAML 1.2 core's 0o.
    [GeneratedRegex(@"\A(?:|~|null|y|n|yes|no|on|off|true|false|<<|=|[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-f_]+|[0-9][0-9_]*(?::[0-5]?[0-9])*(?:\.[0-9_]*)?(?:e[-+]?[0-9]+)?|\.[0-9_]+(?:e[-+]?[0-9]+)?|\.inf)|\.nan|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*)\z", RegexOptions.IgnoreCase)]
    private static partial Regex Misread();
}
