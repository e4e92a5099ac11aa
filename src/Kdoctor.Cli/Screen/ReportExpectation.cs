using System.Globalization;
using System.Text.Json.Nodes;
using Kdoctor.Core.Reports;

namespace Kdoctor.Cli.Screen;

/// <summary>What the task expects, as its spec in the report says it.</summary>
/// <param name="SuccessRate">0..1; null where the report does not say.</param>
/// <param name="MeanDelayMs">In milliseconds; null where the report does not say.</param>
internal sealed record ReportExpectation(double? SuccessRate, double? MeanDelayMs)
{
    public static ReportExpectation Of(ReportTask task)
    {
        var expect = SpecOf(task)?["expect"] as JsonObject;
        return new(NumberOf(expect?["successRate"]), NumberOf(expect?["meanAccessDelayInMs"]));
    }

    /// <summary>The task's spec without the key of its kind; null where the report has none.</summary>
    public static JsonObject? SpecOf(ReportTask task) => task.Spec.FirstOrDefault().Value as JsonObject;

    /// <summary>A number that may have been written as text; null for anything else.</summary>
    public static double? NumberOf(JsonNode? node) =>
        double.TryParse((node as JsonValue)?.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
