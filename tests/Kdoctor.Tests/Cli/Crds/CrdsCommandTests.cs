using System.Globalization;
using System.Text.Json.Nodes;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Tasks.Manifests;
using Kdoctor.Core.Tasks.Schemas;
using Kdoctor.TestKit;
using Xunit;

namespace Kdoctor.Tests.Cli.Crds;

public sealed class CrdsCommandTests
{
    [Theory]
    [InlineData("charts/kdoctor/crds/tasks.yaml", "yaml")]
    [InlineData("deploy/kustomize/base/crds.yaml", "yaml")]
    [InlineData("docs/reference/fields.md", "markdown")]
    public void The_golden_file_is_what_the_command_prints(string golden, string format)
    {
        var run = CliRun.Of(["crds", "-o", format]);

        Assert.Equal(0, run.ExitCode);
        Assert.True(Repository.Read(golden) == run.Output, $"{golden} is out of date; update it with: kdoctor crds -o {format} > {golden}");
    }

    [Fact]
    public void Yaml_and_json_hold_the_same()
    {
        var json = JsonNode.Parse(CliRun.Of(["crds", "-o", "json"]).Output)!["items"]!.AsArray();
        var yaml = ManifestReader.Read(CliRun.Of(["crds"]).Output);

        Assert.Empty(yaml.Problems);
        Assert.Equal(3, json.Count);
        Assert.True(JsonNode.DeepEquals(json, new JsonArray([.. yaml.Documents.Select(document => document.ToJson())])));
    }

    [Theory]
    [InlineData(TaskKind.NetReach, "netreaches", "netreach", "nr")]
    [InlineData(TaskKind.AppHttpHealthy, "apphttphealthies", "apphttphealthy", "ahh")]
    [InlineData(TaskKind.Netdns, "netdnses", "netdns", null)]
    public void Names_and_columns_are_those_of_the_predecessor(TaskKind kind, string plural, string singular, string? shortName)
    {
        var spec = CrdGenerator.Generate(kind)["spec"]!;
        var version = spec["versions"]![0]!;

        Assert.Equal("Cluster", spec["scope"]!.GetValue<string>());
        Assert.Equal(plural, spec["names"]!["plural"]!.GetValue<string>());
        Assert.Equal(singular, spec["names"]!["singular"]!.GetValue<string>());
        Assert.Equal(shortName, spec["names"]!["shortNames"]?[0]!.GetValue<string>());
        Assert.Equal("kdoctor", spec["names"]!["categories"]![0]!.GetValue<string>());
        Assert.NotNull(version["subresources"]!["status"]);
        Assert.Equal(
            ["finish .status.finish", "expectedRound .status.expectedRound", "doneRound .status.doneRound", "lastRoundStatus .status.lastRoundStatus", "schedule .spec.schedule.schedule"],
            version["additionalPrinterColumns"]!.AsArray().Select(column => $"{column!["name"]} {column["jsonPath"]}"));
    }

    [Fact]
    public void Every_field_has_a_description()
    {
        foreach (var definition in CrdGenerator.Generate())
            Described(definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!.AsObject(), "");
    }

    // Kubernetes 1.20 holds a bound as a double: it read 9223372036854775807 as the smallest number there is and refused every status.
    [Fact]
    public void Every_bound_is_a_number_that_a_double_holds_exactly()
    {
        foreach (var definition in CrdGenerator.Generate())
            foreach (var bound in Bounds(definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!.AsObject()))
                Assert.True(Math.Abs(double.Parse(bound.ToJsonString(), CultureInfo.InvariantCulture)) <= 1L << 53, $"{bound.GetPath()}: {bound}");
    }

    private static IEnumerable<JsonNode> Bounds(JsonObject schema) =>
        new[] { schema["minimum"], schema["maximum"] }.OfType<JsonNode>()
            .Concat(schema["items"] is JsonObject items ? Bounds(items) : [])
            .Concat((schema["properties"]?.AsObject() ?? []).SelectMany(field => Bounds(field.Value!.AsObject())));

    private static void Described(JsonObject schema, string path)
    {
        foreach (var (name, field) in schema["properties"]?.AsObject() ?? [])
        {
            if (path.Length > 0 || name != "metadata")
                Assert.False(string.IsNullOrEmpty(field!["description"]?.GetValue<string>()), $"{path}.{name}");
            Described(field!["items"]?.AsObject() ?? field.AsObject(), $"{path}.{name}");
        }
    }
}
