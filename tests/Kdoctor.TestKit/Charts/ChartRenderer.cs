using System.Diagnostics;
using System.Text.Json.Nodes;
using Kdoctor.Core.Tasks.Manifests;
using Xunit;

namespace Kdoctor.TestKit.Charts;

/// <summary>charts/kdoctor as helm renders it, by artifacts/chart-renderer.</summary>
public static class ChartRenderer
{
    private static string Renderer => Repository.Path("artifacts/chart-renderer");

    /// <summary>The chart's text, or what it says against such values; skips the test where there is no renderer.</summary>
    /// <param name="policy">The API version of PodDisruptionBudgets that the cluster has.</param>
    /// <param name="changes">Values that differ from values.yaml, by their paths.</param>
    public static (string? Text, string? Error) Render(string policy, params IReadOnlyList<(string Path, JsonNode Value)> changes)
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
            ["apiVersions"] = new JsonArray(policy),
        });
        using var process = Process.Start(new ProcessStartInfo(Renderer, [Repository.Path("charts/kdoctor")]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        process.StandardInput.Write(given.ToJsonString());
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var rendered = JsonNode.Parse(output)![0]!;
        return (rendered["text"]?.ToString(), rendered["error"]?.ToString());
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
