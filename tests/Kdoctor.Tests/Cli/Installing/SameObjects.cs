using System.Text.Json.Nodes;
using Kdoctor.Cli.Installing;
using Xunit;

namespace Kdoctor.Tests.Cli.Installing;

/// <summary>Two forms of an installation, object by object, whatever their order and the order of their fields.</summary>
internal static class SameObjects
{
    public static void Equal(IReadOnlyList<JsonObject> expected, IReadOnlyList<JsonObject> actual)
    {
        Assert.Equal(Keys(expected), Keys(actual));
        foreach (var document in expected)
        {
            var other = actual.Single(entry => DryRun.Key(entry) == DryRun.Key(document));
            Assert.Equal("", Difference(DryRun.Key(document), Ordered(document), Ordered(other)));
        }
    }

    private static string Keys(IEnumerable<JsonObject> objects) => string.Join('\n', objects.Select(DryRun.Key).Order(StringComparer.Ordinal));

    // The order of variables means nothing, and a merge changes it. The options that the command remembers are words of its own.
    private static JsonObject Ordered(JsonObject document)
    {
        var copy = document.DeepClone().AsObject();
        if (copy["metadata"]!["annotations"] is JsonObject annotations && annotations.Remove(RememberedOptions.Annotation) && annotations.Count == 0)
            copy["metadata"]!.AsObject().Remove("annotations");
        foreach (var container in copy["spec"]?["template"]?["spec"]?["containers"]?.AsArray() ?? [])
            container!["env"] = new JsonArray([.. container["env"]!.AsArray().OrderBy(variable => variable!["name"]!.ToString(), StringComparer.Ordinal).Select(variable => variable!.DeepClone())]);
        return copy;
    }

    // Where two trees first differ, and how; nothing when they are the same.
    private static string Difference(string path, JsonNode? expected, JsonNode? actual)
    {
        if (JsonNode.DeepEquals(expected, actual))
            return "";
        return (expected, actual) switch
        {
            (JsonObject one, JsonObject two) => one.Select(field => field.Key).Union(two.Select(field => field.Key)).Select(name => Difference($"{path}.{name}", one[name], two[name])).First(text => text.Length > 0),
            (JsonArray one, JsonArray two) when one.Count == two.Count => one.Select((item, index) => Difference($"{path}[{index}]", item, two[index])).First(text => text.Length > 0),
            _ => $"{path}: expected {expected?.ToJsonString() ?? "nothing"}, was {actual?.ToJsonString() ?? "nothing"}",
        };
    }
}
