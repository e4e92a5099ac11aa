using System.Text.Json;
using System.Text.Json.Nodes;
using Kdoctor.Core.Reports;
using Kdoctor.TestKit.Reports;
using Xunit;

namespace Kdoctor.TestKit.Processes;

/// <summary>A finished run of the executable.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">All of stdout.</param>
/// <param name="Errors">All of stderr.</param>
public sealed record KdoctorResult(int ExitCode, string Output, string Errors)
{
    /// <summary>All of it, for the message of a test that fails.</summary>
    public override string ToString() => $"exit {ExitCode}\n{Errors}\n{Output}";

    /// <summary>The reports of <c>run -o json</c>, one or a list, each held against the schema; fails with all that was said where there is none.</summary>
    public IReadOnlyList<KdoctorReport> Reports()
    {
        Assert.True(Output.StartsWith('{'), ToString());
        var document = JsonNode.Parse(Output)!;
        return [.. (document["items"] is JsonArray several ? several.Select(item => item!) : [document]).Select(Read)];
    }

    private static KdoctorReport Read(JsonNode report)
    {
        ReportSchema.AssertValid(report.ToJsonString());
        return report.Deserialize(ReportJson.Default.KdoctorReport)!;
    }
}
