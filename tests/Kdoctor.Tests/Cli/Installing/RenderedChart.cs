using System.Text.Json.Nodes;
using Kdoctor.TestKit.Charts;
using Xunit;

namespace Kdoctor.Tests.Cli.Installing;

/// <summary>charts/kdoctor as helm renders it.</summary>
internal static class RenderedChart
{
    private const string Policy = "policy/v1";

    /// <summary>The objects with some values changed, given by their paths; skips the test where there is no renderer.</summary>
    public static IReadOnlyList<JsonObject> Of(params (string Path, JsonNode Value)[] changes)
    {
        var (text, error) = ChartRenderer.Render(Policy, changes);
        Assert.Null(error);
        return DryRun.Read(text!);
    }

    /// <summary>What the chart says against such values.</summary>
    public static string ErrorOf(params (string Path, JsonNode Value)[] changes) => ChartRenderer.Render(Policy, changes).Error ?? "";
}
