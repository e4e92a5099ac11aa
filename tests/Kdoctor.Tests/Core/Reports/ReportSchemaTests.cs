using System.Text.Json;
using System.Text.Json.Nodes;
using Kdoctor.Core.Reports;
using Kdoctor.TestKit;
using Kdoctor.TestKit.Reports;
using Xunit;
using Xunit.Sdk;

namespace Kdoctor.Tests.Core.Reports;

public sealed class ReportSchemaTests
{
    [Fact]
    public void The_published_schema_is_what_the_records_say()
    {
        var path = ReportSchema.PathInRepository();
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, ReportSchema.Generate());
        Assert.True(ReportSchema.Generate() == File.ReadAllText(path),
            "docs/reference/kdoctorreport.schema.json is behind the records: run this test with UPDATE_GOLDEN=1 in the environment, and look at the difference");
    }

    [Fact]
    public void The_reference_of_reports_is_what_the_schema_says()
    {
        var path = Repository.Path("docs/reference/report.md");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, ReportReference.Generate());
        Assert.True(ReportReference.Generate() == File.ReadAllText(path),
            "docs/reference/report.md is behind the records: run this test with UPDATE_GOLDEN=1 in the environment, and look at the difference");
    }

    [Fact]
    public void Reports_of_every_state_are_valid()
    {
        var mesh = MeshRound.Of(3, 10);
        ReportSchema.AssertValid(Json(mesh.Report([.. mesh.Shards()])));
        ReportSchema.AssertValid(Json(mesh.Report([mesh.Shard(0, (_, seen) => seen.Fail(4, text: "x") with { Unsent = 1 })])));
        ReportSchema.AssertValid(Json(mesh.Ongoing(new RoundProgress(10, 5, 4, 1, 3, 0))));
        ReportSchema.AssertValid(Json(mesh.NotStarted()));
    }

    [Fact]
    public void A_field_too_many_or_too_few_or_of_another_type_is_seen()
    {
        var mesh = MeshRound.Of(2, 10);
        var json = Json(mesh.Report([.. mesh.Shards()]));
        Refused(json, report => report["report"]!["latestRoundReport"]![0]!["verdit"] = "succeed");
        Refused(json, report => report["report"]!["latestRoundReport"]![0]!.AsObject().Remove("agentId"));
        Refused(json, report => report["report"]!["latestRoundReport"]![0]!["roundNumber"] = "1");
        Refused(json, report => report["report"]!["latestRoundReport"]![0]!["taskNetReach"]!["roundTaskDetail"]![0]!["requestTargetMetrics"]!["tps"] = "10");
    }

    private static void Refused(string json, Action<JsonObject> change)
    {
        var report = JsonNode.Parse(json)!.AsObject();
        change(report);
        Assert.ThrowsAny<XunitException>(() => ReportSchema.AssertValid(report.ToJsonString()));
    }

    private static string Json(KdoctorReport report) => JsonSerializer.Serialize(report, ReportJson.Default.KdoctorReport);
}
