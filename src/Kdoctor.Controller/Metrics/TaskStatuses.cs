using System.Globalization;
using System.Text.Json.Nodes;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Core.Metrics;

namespace Kdoctor.Controller.Metrics;

/// <summary>
/// What the status of each task says of its latest round, read from the task itself: every controller says the same, the one that leads or not, and a new
/// one says it at once. Of at most <see cref="RoundMeter.MaxTasks"/> tasks, the first by kind and name.
/// </summary>
internal static class TaskStatuses
{
    private static readonly string[] Verdicts = ["succeed", "fail", "unknown"];

    public static void Write(MetricPage page, TaskCache cache)
    {
        foreach (var key in cache.Keys.Take(RoundMeter.MaxTasks))
        {
            if (cache.Find(key)?["status"] is not JsonObject status)
                continue;

            // None after an edit, until a round of the new spec has ended.
            var last = status["lastRoundStatus"]?.ToString();
            foreach (var verdict in string.IsNullOrEmpty(last) ? [] : Verdicts)
                page.Add(ControllerMetrics.LastRound, verdict == last ? 1 : 0, key.Kind.ToString(), key.Name, verdict);
            if (Ended(status) is { } ended)
                page.Add(ControllerMetrics.LastRoundEnd, ended.ToUnixTimeMilliseconds() / 1000.0, key.Kind.ToString(), key.Name);
        }
    }

    // The history is newest first.
    private static DateTimeOffset? Ended(JsonObject status) => (status["history"] as JsonArray ?? [])
        .Select(round => round?["endTimeStamp"]?.ToString())
        .Where(text => !string.IsNullOrEmpty(text))
        .Select(text => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var ended) ? ended : (DateTimeOffset?)null)
        .FirstOrDefault();
}
