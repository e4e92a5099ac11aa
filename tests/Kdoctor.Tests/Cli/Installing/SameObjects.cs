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
            Assert.True(JsonNode.DeepEquals(document, other), $"{DryRun.Key(document)} differs:\n{document.ToJsonString()}\n{other.ToJsonString()}");
        }
    }

    private static string Keys(IEnumerable<JsonObject> objects) => string.Join('\n', objects.Select(DryRun.Key).Order(StringComparer.Ordinal));
}
