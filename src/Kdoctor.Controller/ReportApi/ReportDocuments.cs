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

    /// <summary>A task's report; null when there is no such task, or the round is not kept.</summary>
    /// <param name="key">The task, or the round that is shown as its latest.</param>
    /// <param name="version">The report's resourceVersion.</param>
    /// <param name="whole">Whether its measurements must be there, however many.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<ApiObject?> BuildAsync(ReportKey key, long version, bool whole, CancellationToken cancellation)
    {
        if (cache.Find(key.Task) is not { } found || found["metadata"] is not JsonObject metadata || metadata["uid"]?.GetValue<string>() is not { } uid)
            return null;
        var task = TaskReader.Read(found, limits).Task;
        var generation = task?.Generation ?? metadata["generation"]?.GetValue<long>() ?? 1;
        var rounds = await store.HistoryAsync(new RoundId(uid, key.Round ?? int.MaxValue), RoundsShown, cancellation).ConfigureAwait(false);
        if (key.Round is { } wanted && (rounds.Count == 0 || rounds[0].Id.Number != wanted))
            return null;
        var totals = await store.TotalsAsync(uid, cancellation).ConfigureAwait(false);
        var measured = key.Round is null ? Measured(rounds) : rounds[0];
        var source = new ReportSource
        {
            Metadata = Metadata(key, metadata, uid, version),
            TaskName = key.Task.Name,
            TaskKind = key.Task.Kind,
            Generation = generation,
            Spec = await EarlierSpecAsync(measured, generation, cancellation).ConfigureAwait(false)
                ?? new SpecShown(generation, task?.Spec ?? (found["spec"] as JsonObject)?.DeepClone().AsObject() ?? []),
            Rounds = task is null ? 0 : task.Rounds,
            RoundsDone = totals.Done,
            History = [.. rounds.Select(Summary)],
            Latest = measured is null ? null : await LatestAsync(measured, whole, cancellation).ConfigureAwait(false),
            Progress = rounds.Count > 0 ? progressOf(rounds[0].Id) : null,
            NextRound = task is null || key.Round is not null ? null : (RoundClock.Decide(task, totals.Started(rounds.Count > 0 ? rounds[0] : null), time.GetUtcNow()) as WaitDecision)?.Until,
            Missed = totals.Missed,
            Waiting = key.Round is not null || rounds is [{ Ended: null }, ..] ? null : Waiting(found, task?.Generation),
        };

        // The shards are read from the store while the document is built.
        return await Task.Run(() => ToObject(source), cancellation).ConfigureAwait(false);
    }

    /// <summary>Which rounds of a task are kept, in words.</summary>
    public async Task<string> KeptAsync(TaskKey key, CancellationToken cancellation)
    {
        var rounds = cache.Find(key)?["metadata"]?["uid"]?.GetValue<string>() is { } uid
            ? await store.HistoryAsync(uid, int.MaxValue, cancellation).ConfigureAwait(false) : [];
        return rounds switch
        {
            [] => $"no round of {key} is kept",
            [var only] => string.Create(CultureInfo.InvariantCulture, $"of {key} round {only.Id.Number} is kept"),
            [var newest, .., var oldest] => string.Create(CultureInfo.InvariantCulture, $"of {key} the rounds {oldest.Id.Number} to {newest.Id.Number} are kept"),
        };
    }

    private static WaitingReport? Waiting(JsonObject found, long? generation) =>
        StatusProjection.Waiting(found["status"] as JsonObject, generation) is { For: { } what } waits
            ? new WaitingReport(what, waits.Since, waits.DueTimeStamp, waits.Reason)
            : null;

    // What has been found out stays readable while the next round runs; before the first has ended, its results are shown as they come.
    private static RoundRow? Measured(IReadOnlyList<RoundRow> rounds) =>
        rounds.FirstOrDefault(round => round.State == RoundState.Ended) ?? (rounds.Count > 0 ? rounds[0] : null);

    private static ApiObject ToObject(ReportSource source) =>
        new(JsonSerializer.SerializeToNode(ReportBuilder.Build(source), ReportJson.Default.KdoctorReport)!.AsObject());

    // What a round found is evidence about the spec that it ran with, whatever the task's is by now.
    private async Task<SpecShown?> EarlierSpecAsync(RoundRow? measured, long generation, CancellationToken cancellation) =>
        measured is not null && measured.Generation != generation && await store.SpecAsync(measured.Id, cancellation).ConfigureAwait(false) is { } spec
            ? new SpecShown(measured.Generation, spec) : null;

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

    private static ReportMetadata Metadata(ReportKey key, JsonObject metadata, string uid, long version) => new(
        ReportNames.Of(key),
        uid,
        DateTimeOffset.TryParse(metadata["creationTimestamp"]?.GetValue<string>(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var created) ? created : null,
        version.ToString(CultureInfo.InvariantCulture),
        (metadata["labels"] as JsonObject)?.ToDictionary(label => label.Key, label => label.Value!.GetValue<string>(), StringComparer.Ordinal));

    private static RoundSummary Summary(RoundRow round) => new()
    {
        RoundNumber = round.Id.Number,
        Generation = round.Generation,
        Superseded = round.Superseded,
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
