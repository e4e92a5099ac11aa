using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Resources;
using Kdoctor.ApiServer.Storage;
using Kdoctor.Core.Reports;

namespace Kdoctor.Controller.ReportApi;

/// <summary>KdoctorReport as an API server must know it.</summary>
internal static class ReportResource
{
    /// <summary>The plural, as it stands in paths.</summary>
    public const string Plural = "kdoctorreports";

    public static ApiResource Create(IResourceReader reader) => new(
        new ResourceDefinition
        {
            Group = KdoctorReport.Group,
            Version = KdoctorReport.Version,
            Kind = nameof(KdoctorReport),
            Plural = Plural,
            Singular = "kdoctorreport",
            Categories = ["kdoctor"],
            Scope = ResourceScope.Cluster,
            Schema = Schema(),
            PrinterColumns =
            [
                new PrinterColumn("Kind", "string", ".task.kind", "The task's kind."),
                new PrinterColumn("Task", "string", ".task.name", "The task's name."),
                new PrinterColumn("Round", "integer", ".status.roundNumber", "The latest round's number."),
                new PrinterColumn("Status", "string", ".status.status", "NotStarted, OnGoing or Finished: the latest round."),
                new PrinterColumn("Verdict", "string", ".report.latestRound.status", "What the latest round came to."),
                new PrinterColumn("Finished", "date", ".report.latestRound.endTimeStamp", "When the latest round ended."),
                new PrinterColumn("Summary", "string", ".report.latestRound.summary", "Why, in one line.", Priority: 1),
            ],
        },
        reader);

    // The whole form is docs/reference/kdoctorreport.schema.json; this is what kubectl explain needs of it.
    private static JsonObject Schema() => new()
    {
        ["type"] = "object",
        ["description"] = "What kdoctor found: one report per task, with the latest round in full and the rounds before it in brief.",
        ["properties"] = new JsonObject
        {
            ["apiVersion"] = new JsonObject { ["type"] = "string" },
            ["kind"] = new JsonObject { ["type"] = "string" },
            ["metadata"] = new JsonObject { ["type"] = "object" },
            ["task"] = Open("The task that is reported on: name, kind and spec."),
            ["status"] = Open("How far the task is: totalRoundNumber, roundFinishedNumber, roundNumber, status."),
            ["report"] = Open("What was found: latestRound, latestRoundReport (one entry per agent), channels, leftOut, notes, history."),
        },
    };

    private static JsonObject Open(string description) => new()
    {
        ["type"] = "object",
        ["description"] = description,
        ["x-kubernetes-preserve-unknown-fields"] = true,
    };
}
