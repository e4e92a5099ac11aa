using System.Diagnostics;
using System.Text.Json.Nodes;
using Kdoctor.Core.Tasks.Manifests;
using Kdoctor.TestKit;
using Xunit;

namespace Kdoctor.Tests.Cli.Installing;

/// <summary>charts/kdoctor as helm renders it, by artifacts/chart-renderer.</summary>
internal static class RenderedChart
{
    private static string Renderer => Repository.Path("artifacts/chart-renderer");

    /// <summary>The objects with some values changed, given by their paths; skips the test where there is no renderer.</summary>
    public static IReadOnlyList<JsonObject> Of(params (string Path, JsonNode Value)[] changes)
    {
        var rendered = Render(changes);
        Assert.True(rendered["error"] is null, rendered["error"]?.ToString());
        return DryRun.Read(rendered["text"]!.ToString());
    }

    /// <summary>What the chart says against such values.</summary>
    public static string ErrorOf(params (string Path, JsonNode Value)[] changes) => Render(changes)["error"]?.ToString() ?? "";

    private static JsonNode Render((string Path, JsonNode Value)[] changes)
    {
        Assert.SkipUnless(File.Exists(Renderer), "artifacts/chart-renderer is missing: eng/chart-renderer.sh builds it from the packages golang-go and golang-github-masterminds-sprig-dev");
        var values = ManifestReader.Read(Repository.Read("charts/kdoctor/values.yaml")).Documents.Single().ToJson()!;
        foreach (var (path, value) in changes)
            Set(values, path.Split('.'), value.DeepClone());
        var chart = ManifestReader.Read(Repository.Read("charts/kdoctor/Chart.yaml")).Documents.Single().ToJson()!;
        var given = new JsonArray(new JsonObject
        {
            ["values"] = values,
            ["namespace"] = "kdoctor",
            ["appVersion"] = chart["appVersion"]!.ToString(),
            ["apiVersions"] = new JsonArray("policy/v1"),
        });
        using var process = Process.Start(new ProcessStartInfo(Renderer, [Repository.Path("charts/kdoctor")]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        process.StandardInput.Write(given.ToJsonString());
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return JsonNode.Parse(output)![0]!;
    }

    private static void Set(JsonNode values, ReadOnlySpan<string> path, JsonNode value)
    {
        var place = values;
        foreach (var part in path[..^1])
            place = place[part] ?? throw new ArgumentException($"values.yaml has no {part}");
        Assert.True(place.AsObject().ContainsKey(path[^1]), $"values.yaml has no {path[^1]}");
        place[path[^1]] = value;
    }
}
