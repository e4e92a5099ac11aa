using System.Text.Json.Nodes;
using Kdoctor.Core.Tasks.Manifests;
using Xunit;

namespace Kdoctor.Tests.Cli.Installing;

/// <summary>What <c>kdoctor install --dry-run</c> prints, read again.</summary>
internal static class DryRun
{
    public static IReadOnlyList<JsonObject> Of(params string[] options)
    {
        var run = CliRun.Of(["install", "--dry-run", .. options]);
        Assert.Equal("", run.Error);
        Assert.Equal(0, run.ExitCode);
        return Read(run.Output);
    }

    public static IReadOnlyList<JsonObject> Read(string yaml)
    {
        var file = ManifestReader.Read(yaml);
        Assert.Empty(file.Problems);
        return [.. file.Documents.Select(document => document.ToJson()!.AsObject())];
    }

    public static JsonObject Only(this IEnumerable<JsonObject> objects, string kind, string? name = null) =>
        objects.Single(document => document["kind"]!.ToString() == kind && (name is null || document["metadata"]!["name"]!.ToString() == name));

    public static IEnumerable<JsonObject> Kind(this IEnumerable<JsonObject> objects, string kind) => objects.Where(document => document["kind"]!.ToString() == kind);

    /// <summary>An object's name among all, whatever form it came from.</summary>
    public static string Key(JsonObject document) => $"{document["kind"]} {document["metadata"]!["namespace"]}/{document["metadata"]!["name"]}";
}
