using System.Text.Json.Nodes;
using Kdoctor.Cli.Output;
using Kdoctor.Tests.Core.Tasks.Manifests;
using Kdoctor.Core.Reports;
using Kdoctor.TestKit.Reports;
using Xunit;

namespace Kdoctor.Tests.Cli.Output;

public sealed class ReportDocumentsTests
{
    private readonly KdoctorReport report;
    private readonly KdoctorReport other;

    public ReportDocumentsTests()
    {
        var mesh = MeshRound.Of(3);
        report = mesh.Report([.. mesh.Shards((_, target, seen) => target.Index == 0 ? seen.Fail(3, text: "no: \"[x]\" 日本\n") : seen)]);
        other = mesh.Report([mesh.Shard(0)]);
    }

    [Fact]
    public void Json_is_the_document_that_the_schema_describes()
    {
        var json = Json(report);
        ReportSchema.AssertValid(json);
        Assert.StartsWith("{\n  \"apiVersion\": \"system.kdoctor.io/v1beta1\",\n  \"kind\": \"KdoctorReport\",\n  \"metadata\": {", json.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.EndsWith("}\n", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_reports_are_a_list_in_json()
    {
        var list = JsonNode.Parse(Json(report, other))!;
        Assert.Equal(("system.kdoctor.io/v1beta1", "KdoctorReportList"), ((string?)list["apiVersion"], (string?)list["kind"]));
        Assert.Empty(list["metadata"]!.AsObject());
        Assert.Equal(2, list["items"]!.AsArray().Count);
        Assert.All(list["items"]!.AsArray(), item => ReportSchema.AssertValid(item!.ToJsonString()));
        Assert.Empty(JsonNode.Parse(Json())!["items"]!.AsArray());
    }

    [Fact]
    public void Yaml_is_the_same_document_in_the_same_order()
    {
        var yaml = Yaml(report);
        Assert.StartsWith("apiVersion: system.kdoctor.io/v1beta1\nkind: KdoctorReport\nmetadata:\n  name: netreach-reach-task\n", yaml, StringComparison.Ordinal);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Json(report)), YamlTree.Read(yaml)));
        Assert.DoesNotContain("\n? ", yaml, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_reports_are_several_yaml_documents()
    {
        var documents = Yaml(report, other).Split("\n---\n");
        Assert.Equal(2, documents.Length);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Json(other)), YamlTree.Read(documents[1])));
    }

    private static string Json(params KdoctorReport[] reports) => Text(writer => ReportDocuments.WriteJson(writer, reports));

    private static string Yaml(params KdoctorReport[] reports) => Text(writer => ReportDocuments.WriteYaml(writer, reports));

    private static string Text(Action<TextWriter> write)
    {
        using var writer = new StringWriter();
        write(writer);
        return writer.ToString();
    }
}
