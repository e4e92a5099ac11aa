using System.Text.Json.Nodes;
using Kdoctor.Controller.Storage;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Protocol;
using Kdoctor.Core.Schedules;

namespace Kdoctor.Controller.Metrics;

/// <summary>A store whose operations are measured; it does what the one behind it does.</summary>
internal sealed class MeasuredStore(IRoundStore store, StoreMeter meter) : IRoundStore
{
    /// <inheritdoc/>
    public string InstallationId => store.InstallationId;

    /// <inheritdoc/>
    public Task ClaimAsync(CancellationToken cancellation) => Measure("claim", () => store.ClaimAsync(cancellation));

    /// <inheritdoc/>
    public Task<bool> TryBeginAsync(RoundRecord round, MissedRounds? missed, CancellationToken cancellation) => meter.MeasureAsync("begin", () => store.TryBeginAsync(round, missed, cancellation));

    /// <inheritdoc/>
    public Task<bool> RecallAsync(RecalledTask task, CancellationToken cancellation) => meter.MeasureAsync("recall", () => store.RecallAsync(task, cancellation));

    /// <inheritdoc/>
    public Task<bool> EndAsync(RoundId id, RoundEnding ending, CancellationToken cancellation) => meter.MeasureAsync("end", () => store.EndAsync(id, ending, cancellation));

    /// <inheritdoc/>
    public Task<bool> CountAnewAsync(string taskUid, DateTimeOffset at, CancellationToken cancellation) =>
        meter.MeasureAsync("count_anew", () => store.CountAnewAsync(taskUid, at, cancellation));

    /// <inheritdoc/>
    public Task TellProgressAsync(IReadOnlyCollection<ToldProgress> rounds, CancellationToken cancellation) => Measure("tell_progress", () => store.TellProgressAsync(rounds, cancellation));

    /// <inheritdoc/>
    public Task<IReadOnlyList<ToldProgress>> ProgressAsync(CancellationToken cancellation) => meter.MeasureAsync("progress", () => store.ProgressAsync(cancellation));

    /// <inheritdoc/>
    public Task<ShardAddition> AddShardAsync(RoundId id, string agentId, IReadOnlyCollection<ShardPart> parts, CancellationToken cancellation) =>
        meter.MeasureAsync("add_shard", () => store.AddShardAsync(id, agentId, parts, cancellation));

    /// <inheritdoc/>
    public Task<TaskTotals> TotalsAsync(string taskUid, CancellationToken cancellation) => meter.MeasureAsync("totals", () => store.TotalsAsync(taskUid, cancellation));

    /// <inheritdoc/>
    public Task<RoundRecord?> RoundAsync(RoundId id, CancellationToken cancellation) => meter.MeasureAsync("round", () => store.RoundAsync(id, cancellation));

    /// <inheritdoc/>
    public Task<JsonObject?> SpecAsync(RoundId id, CancellationToken cancellation) => meter.MeasureAsync("spec", () => store.SpecAsync(id, cancellation));

    /// <inheritdoc/>
    public Task<IReadOnlyList<RoundRecord>> OngoingAsync(CancellationToken cancellation) => meter.MeasureAsync("ongoing", () => store.OngoingAsync(cancellation));

    /// <inheritdoc/>
    public Task<IReadOnlyList<RoundRow>> HistoryAsync(RoundId newest, int limit, CancellationToken cancellation) => meter.MeasureAsync("history", () => store.HistoryAsync(newest, limit, cancellation));

    public Task<IReadOnlyList<RoundRow>> HistoryAsync(string taskUid, int limit, CancellationToken cancellation) => meter.MeasureAsync("history", () => store.HistoryAsync(taskUid, limit, cancellation));

    /// <summary>As the store has it, unmeasured: how long it takes is up to who reads.</summary>
    public IAsyncEnumerable<StoredShard> ShardsAsync(RoundId id, CancellationToken cancellation) => store.ShardsAsync(id, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, bool>> ShardAgentsAsync(RoundId id, CancellationToken cancellation) => meter.MeasureAsync("shard_agents", () => store.ShardAgentsAsync(id, cancellation));

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> TaskUidsAsync(CancellationToken cancellation) => meter.MeasureAsync("task_uids", () => store.TaskUidsAsync(cancellation));

    /// <inheritdoc/>
    public Task RemoveTaskAsync(string taskUid, CancellationToken cancellation) => Measure("remove_task", () => store.RemoveTaskAsync(taskUid, cancellation));

    /// <inheritdoc/>
    public Task<int> PruneAsync(DateTimeOffset now, CancellationToken cancellation) => meter.MeasureAsync("prune", () => store.PruneAsync(now, cancellation));

    /// <summary>Whoever opened the store behind it closes that.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task<bool> Measure(string operation, Func<Task> work) => meter.MeasureAsync(operation, async () =>
    {
        await work().ConfigureAwait(false);
        return true;
    });
}
