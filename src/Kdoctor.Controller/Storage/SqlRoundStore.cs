using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Protocol;
using Kdoctor.Core.Schedules;

namespace Kdoctor.Controller.Storage;

/// <summary>Rounds in the tables of a database, the same ones whichever it is.</summary>
public abstract class SqlRoundStore : IRoundStore
{
    private readonly ISqlDatabase database;
    private readonly StoreBounds bounds;
    private long term;

    private protected SqlRoundStore(ISqlDatabase database, StoreBounds bounds, StoreStart start)
    {
        (this.database, this.bounds) = (database, bounds);
        (InstallationId, term) = (start.InstallationId, start.Term);
    }

    /// <inheritdoc/>
    public string InstallationId { get; }

    /// <inheritdoc/>
    public async Task ClaimAsync(CancellationToken cancellation)
    {
        var claimed = await database.ChangeAsync((connection, _, giveUp) => SqlTerm.ClaimAsync(connection, giveUp), cancellation).ConfigureAwait(false);
        Interlocked.Exchange(ref term, claimed);
    }

    /// <inheritdoc/>
    public Task<bool> TryBeginAsync(RoundRecord round, MissedRounds? missed, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(round);
        var plan = RoundBlobs.Pack(round.Plan, RoundJson.Default.RoundPlan);
        var intent = RoundBlobs.Pack(new StoredIntent(round.Expect, round.Spec), RoundJson.Default.StoredIntent);
        return ChangeAsync(
            async (connection, again, giveUp) =>
            {
                if (!await SqlChanges.BeginAsync(connection, round.Plan, plan, intent, giveUp).ConfigureAwait(false))
                    return again && await SqlChanges.HasPlanAsync(connection, round.Plan.Id, plan, giveUp).ConfigureAwait(false);
                if (missed is not null)
                    await SqlChanges.AddMissedAsync(connection, round.Plan.Id.TaskUid, missed, giveUp).ConfigureAwait(false);
                return true;
            },
            cancellation);
    }

    /// <inheritdoc/>
    public Task<bool> RecallAsync(RecalledTask task, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(task);
        return ChangeAsync((connection, _, giveUp) => SqlRecall.KeepAsync(connection, task, giveUp), cancellation);
    }

    /// <inheritdoc/>
    public Task<bool> EndAsync(RoundId id, RoundEnding ending, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ending);
        var result = RoundBlobs.Pack(ending.Verdict, RoundJson.Default.RoundVerdict);
        var tally = RoundBlobs.Pack(ending.Tally, RoundJson.Default.RoundTally);
        return ChangeAsync((connection, _, giveUp) => SqlChanges.EndAsync(connection, id, ending, result, tally, giveUp), cancellation);
    }

    /// <inheritdoc/>
    public Task<bool> CountAnewAsync(string taskUid, DateTimeOffset at, CancellationToken cancellation) =>
        ChangeAsync((connection, _, giveUp) => SqlChanges.CountAnewAsync(connection, taskUid, at, giveUp), cancellation);

    /// <inheritdoc/>
    public Task TellProgressAsync(IReadOnlyCollection<ToldProgress> rounds, CancellationToken cancellation) => ChangeAsync(
        async (connection, _, giveUp) =>
        {
            foreach (var told in rounds)
                await SqlProgress.TellAsync(connection, told, giveUp).ConfigureAwait(false);
            return rounds.Count;
        },
        cancellation);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ToldProgress>> ProgressAsync(CancellationToken cancellation) =>
        await RowsAsync(SqlProgress.Select, SqlProgress.Read, cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public Task<ShardAddition> AddShardAsync(RoundId id, string agentId, IReadOnlyCollection<ShardPart> parts, CancellationToken cancellation)
    {
        var blob = RoundBlobs.PackParts(parts);
        return ChangeAsync((connection, _, giveUp) => SqlChanges.AddShardAsync(connection, id, agentId, blob, giveUp), cancellation);
    }

    /// <inheritdoc/>
    public async Task<TaskTotals> TotalsAsync(string taskUid, CancellationToken cancellation)
    {
        var found = await RowsAsync($"SELECT {SqlRows.TotalsColumns} FROM tasks WHERE uid = @uid", SqlRows.Totals, cancellation, ("@uid", taskUid)).ConfigureAwait(false);
        return found.SingleOrDefault(TaskTotals.None);
    }

    /// <inheritdoc/>
    public async Task<RoundRecord?> RoundAsync(RoundId id, CancellationToken cancellation)
    {
        var found = await RowsAsync(
            $"SELECT {SqlRows.RecordColumns} FROM rounds WHERE task_uid = @uid AND number = @number AND {SqlRows.HasPlan}", SqlRows.Record, cancellation, ("@uid", id.TaskUid), ("@number", id.Number)).ConfigureAwait(false);
        return found.SingleOrDefault();
    }

    /// <inheritdoc/>
    public async Task<JsonObject?> SpecAsync(RoundId id, CancellationToken cancellation)
    {
        var found = await RowsAsync(
            $"SELECT intent FROM rounds WHERE task_uid = @uid AND number = @number AND {SqlRows.HasPlan}", SqlRows.Spec, cancellation, ("@uid", id.TaskUid), ("@number", id.Number)).ConfigureAwait(false);
        return found.SingleOrDefault();
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RoundRecord>> OngoingAsync(CancellationToken cancellation) =>
        await RowsAsync($"SELECT {SqlRows.RecordColumns} FROM rounds WHERE state = 1 ORDER BY seq", SqlRows.Record, cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public Task<IReadOnlyList<RoundRow>> HistoryAsync(string taskUid, int limit, CancellationToken cancellation) =>
        HistoryAsync(new RoundId(taskUid, int.MaxValue), limit, cancellation);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RoundRow>> HistoryAsync(RoundId newest, int limit, CancellationToken cancellation) => await RowsAsync(
        $"SELECT {SqlRows.SummaryColumns} FROM rounds WHERE task_uid = @uid AND number <= @number ORDER BY number DESC LIMIT @limit", SqlRows.Summary, cancellation,
        ("@uid", newest.TaskUid), ("@number", newest.Number), ("@limit", limit)).ConfigureAwait(false);

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredShard> ShardsAsync(RoundId id, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var agents = await ShardAgentsAsync(id, cancellation).ConfigureAwait(false);
        foreach (var (agent, late) in agents.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            var parts = await RowsAsync(
                "SELECT parts FROM shards JOIN rounds ON seq = round WHERE task_uid = @uid AND number = @number AND agent = @agent", row => row.Blob("parts"), cancellation,
                ("@uid", id.TaskUid), ("@number", id.Number), ("@agent", agent)).ConfigureAwait(false);

            // The round may have been pruned since its agents were listed.
            if (parts is [{ } blob])
                yield return new StoredShard(agent, late, RoundBlobs.UnpackParts(blob));
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, bool>> ShardAgentsAsync(RoundId id, CancellationToken cancellation)
    {
        var rows = await RowsAsync(
            "SELECT agent, late FROM shards JOIN rounds ON seq = round WHERE task_uid = @uid AND number = @number", row => (Agent: row.Text("agent"), Late: row.Int("late") != 0), cancellation,
            ("@uid", id.TaskUid), ("@number", id.Number)).ConfigureAwait(false);
        return rows.ToDictionary(row => row.Agent, row => row.Late, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> TaskUidsAsync(CancellationToken cancellation) =>
        await RowsAsync("SELECT task_uid FROM rounds UNION SELECT uid AS task_uid FROM tasks", row => row.Text("task_uid"), cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public Task RemoveTaskAsync(string taskUid, CancellationToken cancellation) => ChangeAsync(
        async (connection, _, giveUp) =>
            await connection.Query("DELETE FROM rounds WHERE task_uid = @uid", ("@uid", taskUid)).ExecuteAsync(giveUp).ConfigureAwait(false)
            + await connection.Query("DELETE FROM tasks WHERE uid = @uid", ("@uid", taskUid)).ExecuteAsync(giveUp).ConfigureAwait(false),
        cancellation);

    /// <inheritdoc/>
    public async Task<int> PruneAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var removed = 0;
        while (await ChangeAsync((connection, _, giveUp) => SqlPruning.RemoveOneAsync(connection, bounds, now, giveUp), cancellation).ConfigureAwait(false))
            removed++;
        if (removed > 0)
            await database.CompactAsync(cancellation).ConfigureAwait(false);
        return removed;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>Reads what a store knows of itself, and names a new one; its tables must be there.</summary>
    private protected static async Task<StoreStart> StartAsync(DbConnection connection, Func<string> newInstallationId, CancellationToken cancellation)
    {
        await connection.Query("INSERT INTO meta (key, value) VALUES ('installation', @id) ON CONFLICT DO NOTHING", ("@id", newInstallationId())).ExecuteAsync(cancellation).ConfigureAwait(false);
        var id = (string?)await connection.Query("SELECT value FROM meta WHERE key = 'installation'").ScalarAsync(cancellation).ConfigureAwait(false);
        return new StoreStart(id ?? "", await SqlTerm.NowAsync(connection, "", cancellation).ConfigureAwait(false));
    }

    private Task<List<T>> RowsAsync<T>(string sql, Func<DbDataReader, T> read, CancellationToken cancellation, params (string Name, object Value)[] parameters) =>
        database.ReadAsync((connection, _, giveUp) => connection.Query(sql, parameters).RowsAsync(read, giveUp), cancellation);

    private Task<T> ChangeAsync<T>(SqlWork<T> work, CancellationToken cancellation) => database.ChangeAsync(
        async (connection, again, giveUp) =>
        {
            var own = Interlocked.Read(ref term);
            if (await SqlTerm.NowAsync(connection, database.HoldRow, giveUp).ConfigureAwait(false) is var now && now != own)
                throw new StoreClaimedException(own, now);
            return await work(connection, again, giveUp).ConfigureAwait(false);
        },
        cancellation);

    private protected sealed record StoreStart(string InstallationId, long Term);
}
