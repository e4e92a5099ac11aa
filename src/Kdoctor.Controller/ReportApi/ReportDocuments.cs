using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Objects;
using Kdoctor.Controller.Collecting;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Controller.Storage;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Results;
using Kdoctor.Core.Schedules;
using Kdoctor.Core.Tasks;
using Microsoft.Extensions.Logging;

namespace Kdoctor.Controller.ReportApi;

/// <summary>
/// Builds a task's report from the task object and the store, shard by shard. One of more measurements (agents times targets) than may be listed is listed and
/// watched without <c>latestRoundReport</c> and <c>channels</c>, and read whole by its name.
/// </summary>
internal sealed class ReportDocuments(TaskCache cache, IRoundStore store, Func<RoundId, RoundProgress?> progressOf, TaskLimits limits, int measurementsListed, TimeProvider time, ILogger<ReportDocuments> logger)
{
    private const int RoundsShown = 20;
    private const string Gone = "what it measured is gone with the store of an earlier controller, and only the task's status tells of it";

    /// <summary>A task's report; null when there is no such task.</summary>
    /// <param name="key">The task.</param>
    /// <param name="version">The report's resourceVersion.</param>
    /// <param name="whole">Whether its measurements must be there, however many.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<ApiObject?> BuildAsync(TaskKey key, long version, bool whole, CancellationToken cancellation)
    {
        if (cache.Find(key) is not { } found || found["metadata"] is not JsonObject metadata || metadata["uid"]?.GetValue<string>() is not { } uid)
            return null;
        var task = TaskReader.Read(found, limits).Task;
        var rounds = await store.HistoryAsync(uid, RoundsShown, cancellation).ConfigureAwait(false);
        var totals = await store.TotalsAsync(uid, cancellation).ConfigureAwait(false);
        var source = new ReportSource
        {
            Metadata = Metadata(key, metadata, uid, version),
            TaskName = key.Name,
            TaskKind = key.Kind,
            Spec = task?.Spec ?? (found["spec"] as JsonObject)?.DeepClone().AsObject() ?? [],
            Rounds = task is null ? 0 : task.Rounds,
            RoundsDone = totals.Done,
            History = [.. rounds.Select(Summary)],
            Latest = Measured(rounds) is { } measured ? await LatestAsync(measured, whole, cancellation).ConfigureAwait(false) : null,
            Progress = rounds.Count > 0 ? progressOf(rounds[0].Id) : null,
            NextRound = task is null ? null : (RoundClock.Decide(task, totals.Started(rounds.Count > 0 ? rounds[0] : null), time.GetUtcNow()) as WaitDecision)?.Until,
            Missed = totals.Missed,
        };

        // The shards are read from the store while the document is built.
        return await Task.Run(() => ToObject(source), cancellation).ConfigureAwait(false);
    }

    // What has been found out stays readable while the next round runs; before the first has ended, its results are shown as they come.
    private static RoundRow? Measured(IReadOnlyList<RoundRow> rounds) =>
        rounds.FirstOrDefault(round => round.State == RoundState.Ended) ?? (rounds.Count > 0 ? rounds[0] : null);

    private static ApiObject ToObject(ReportSource source) =>
        new(JsonSerializer.SerializeToNode(ReportBuilder.Build(source), ReportJson.Default.KdoctorReport)!.AsObject());

    private async Task<LatestRound?> LatestAsync(RoundRow row, bool whole, CancellationToken cancellation)
    {
        // The plan alone can be large: it is not even read for a report that cannot be listed whole.
        if (!whole && row.Agents > measurementsListed)
            return null;
        if (await store.RoundAsync(row.Id, cancellation).ConfigureAwait(false) is not { } record)
            return null;
        if (!whole && record.Plan.Agents.Sum(agent => agent.Targets?.Length ?? record.Plan.Targets.Length) > measurementsListed)
            return null;
        return new LatestRound(record.Plan, record.Expect, record.Verdict, Shards(row, cancellation));
    }

    private IEnumerable<AgentShard> Shards(RoundRow row, CancellationToken cancellation) => store
        .ShardsAsync(row.Id, cancellation)
        .ToBlockingEnumerable(cancellation)
        .Select(stored => RoundJudging.TryDecode(stored, logger))
        .OfType<AgentShard>();

    private static ReportMetadata Metadata(TaskKey key, JsonObject metadata, string uid, long version) => new(
        ReportNames.Of(key),
        uid,
        DateTimeOffset.TryParse(metadata["creationTimestamp"]?.GetValue<string>(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var created) ? created : null,
        version.ToString(CultureInfo.InvariantCulture),
        (metadata["labels"] as JsonObject)?.ToDictionary(label => label.Key, label => label.Value!.GetValue<string>(), StringComparer.Ordinal));

    private static RoundSummary Summary(RoundRow round) => new()
    {
        RoundNumber = round.Id.Number,
        Status = round.Verdict is { } verdict ? ReportWords.Of(verdict) : "ongoing",
        Summary = !round.Recalled || round.Summary == StatusRecall.Lost ? round.Summary : round.Summary is { } why ? $"{why}; {Gone}" : Gone,
        DueTimeStamp = round.Due,
        StartTimeStamp = round.Start,
        EndTimeStamp = round.Ended,
        DeadLineTimeStamp = round.Deadline,
        ExpectedAgents = round.Agents,
        ReportedAgents = round.Tally?.Reported,
        FailedAgents = round.Tally?.FailedAgents ?? [],
        SilentAgents = round.Tally?.SilentAgents ?? [],
        Requests = round is { Recalled: false, Tally.Requests: var all } ? new RequestCounts(all.Planned, all.Sent, all.Succeeded, all.Failed, all.Unsent, all.Cancelled, all.Unreported) : null,
    };
}
