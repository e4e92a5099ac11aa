using System.Text.Json.Nodes;
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
            Assert.True(JsonNode.DeepEquals(Ordered(document), Ordered(other)), $"{DryRun.Key(document)} differs:\n{document.ToJsonString()}\n{other.ToJsonString()}");
        }
    }

    private static string Keys(IEnumerable<JsonObject> objects) => string.Join('\n', objects.Select(DryRun.Key).Order(StringComparer.Ordinal));

    // The order of variables means nothing, and a merge changes it.
    private static JsonObject Ordered(JsonObject document)
    {
        var copy = document.DeepClone().AsObject();
        foreach (var container in copy["spec"]?["template"]?["spec"]?["containers"]?.AsArray() ?? [])
            container!["env"] = new JsonArray([.. container["env"]!.AsArray().OrderBy(variable => variable!["name"]!.ToString(), StringComparer.Ordinal).Select(variable => variable!.DeepClone())]);
        return copy;
    }
}
