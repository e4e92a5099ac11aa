using System.Runtime.CompilerServices;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Protocol;
using Kdoctor.Core.Schedules;
using Microsoft.Data.Sqlite;

namespace Kdoctor.Controller.Storage;

/// <summary>
/// The default store: one SQLite file with a write-ahead log. One connection writes and one reads, so that reports do not hold rounds up.
/// Commits are synced to the disk: a round that was begun stays begun, even over a loss of power.
/// </summary>
public sealed class SqliteRoundStore : IRoundStore
{
    private readonly SqliteTurns writer;
    private readonly SqliteTurns reader;
    private readonly StoreBounds bounds;

    private SqliteRoundStore(SqliteConnection write, SqliteConnection read, StoreBounds bounds, string installationId)
    {
        writer = new SqliteTurns(write);
        reader = new SqliteTurns(read);
        this.bounds = bounds;
        InstallationId = installationId;
    }

    /// <inheritdoc/>
    public string InstallationId { get; }

    /// <summary>Opens a store's file, or makes it.</summary>
    /// <param name="path">The file; its directory must exist.</param>
    /// <param name="bounds">How much to keep.</param>
    /// <param name="newInstallationId">The installation's name, should the file be new.</param>
    /// <exception cref="SqliteException">The file cannot be opened or is no store.</exception>
    /// <exception cref="InvalidDataException">A newer version wrote it.</exception>
    public static SqliteRoundStore Open(string path, StoreBounds bounds, Func<string> newInstallationId)
    {
        ArgumentNullException.ThrowIfNull(bounds);
        ArgumentNullException.ThrowIfNull(newInstallationId);
        var write = Connect(path);
        try
        {
            SqliteSchema.Migrate(write);
            write.Query("INSERT INTO meta VALUES ('installation', $id) ON CONFLICT DO NOTHING", ("$id", newInstallationId())).Execute();
            var id = (string?)write.Query("SELECT value FROM meta WHERE key = 'installation'").Scalar() ?? "";
            return new SqliteRoundStore(write, Connect(path), bounds, id);
        }
        catch
        {
            write.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<bool> TryBeginAsync(RoundRecord round, MissedRounds? missed, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(round);
        var plan = RoundBlobs.Pack(round.Plan, RoundJson.Default.RoundPlan);
        var intent = RoundBlobs.Pack(new StoredIntent(round.Expect, round.Spec), RoundJson.Default.StoredIntent);
        return writer.ChangeAsync(
            connection =>
            {
                var begun = SqliteChanges.Begin(connection, round.Plan, plan, intent);
                if (begun && missed is not null)
                    SqliteChanges.AddMissed(connection, round.Plan.Id.TaskUid, missed);
                return begun;
            },
            cancellation);
    }

    /// <inheritdoc/>
    public Task<bool> EndAsync(RoundId id, RoundEnding ending, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ending);
        var result = RoundBlobs.Pack(ending.Verdict, RoundJson.Default.RoundVerdict);
        var tally = RoundBlobs.Pack(ending.Tally, RoundJson.Default.RoundTally);
        return writer.ChangeAsync(connection => SqliteChanges.End(connection, id, ending, result, tally), cancellation);
    }

    /// <inheritdoc/>
    public Task<ShardAddition> AddShardAsync(RoundId id, string agentId, IReadOnlyCollection<ShardPart> parts, CancellationToken cancellation)
    {
        var blob = RoundBlobs.PackParts(parts);
        return writer.ChangeAsync(connection => SqliteChanges.AddShard(connection, id, agentId, blob), cancellation);
    }

    /// <inheritdoc/>
    public Task<TaskTotals> TotalsAsync(string taskUid, CancellationToken cancellation) => reader.RunAsync(
        connection => connection
            .Query($"SELECT {SqliteRows.TotalsColumns} FROM tasks WHERE uid = $uid", ("$uid", taskUid))
            .Rows(SqliteRows.Totals)
            .SingleOrDefault(TaskTotals.None),
        cancellation);

    /// <inheritdoc/>
    public Task<RoundRecord?> RoundAsync(RoundId id, CancellationToken cancellation) => reader.RunAsync(
        connection => connection
            .Query($"SELECT {SqliteRows.RecordColumns} FROM rounds WHERE task_uid = $uid AND number = $number", ("$uid", id.TaskUid), ("$number", id.Number))
            .Rows(SqliteRows.Record)
            .SingleOrDefault(),
        cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<RoundRecord>> OngoingAsync(CancellationToken cancellation) => reader.RunAsync<IReadOnlyList<RoundRecord>>(
        connection => connection.Query($"SELECT {SqliteRows.RecordColumns} FROM rounds WHERE state = 1 ORDER BY seq").Rows(SqliteRows.Record),
        cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<RoundRow>> HistoryAsync(string taskUid, int limit, CancellationToken cancellation) => reader.RunAsync<IReadOnlyList<RoundRow>>(
        connection => connection
            .Query($"SELECT {SqliteRows.SummaryColumns} FROM rounds WHERE task_uid = $uid ORDER BY number DESC LIMIT $limit", ("$uid", taskUid), ("$limit", limit))
            .Rows(SqliteRows.Summary),
        cancellation);

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredShard> ShardsAsync(RoundId id, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var agents = await ShardAgentsAsync(id, cancellation).ConfigureAwait(false);
        foreach (var (agent, late) in agents.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            var parts = await reader.RunAsync(
                connection => connection
                    .Query("SELECT parts FROM shards JOIN rounds ON seq = round WHERE task_uid = $uid AND number = $number AND agent = $agent",
                        ("$uid", id.TaskUid), ("$number", id.Number), ("$agent", agent))
                    .Rows(row => row.Blob("parts")),
                cancellation).ConfigureAwait(false);

            // The round may have been pruned since its agents were listed.
            if (parts is [{ } blob])
                yield return new StoredShard(agent, late, RoundBlobs.UnpackParts(blob));
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, bool>> ShardAgentsAsync(RoundId id, CancellationToken cancellation) => reader.RunAsync<IReadOnlyDictionary<string, bool>>(
        connection => connection
            .Query("SELECT agent, late FROM shards JOIN rounds ON seq = round WHERE task_uid = $uid AND number = $number", ("$uid", id.TaskUid), ("$number", id.Number))
            .Rows(row => (Agent: row.Text("agent"), Late: row.Int("late") != 0))
            .ToDictionary(row => row.Agent, row => row.Late, StringComparer.Ordinal),
        cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> TaskUidsAsync(CancellationToken cancellation) => reader.RunAsync<IReadOnlyList<string>>(
        connection => connection.Query("SELECT task_uid FROM rounds UNION SELECT uid AS task_uid FROM tasks").Rows(row => row.Text("task_uid")), cancellation);

    /// <inheritdoc/>
    public Task RemoveTaskAsync(string taskUid, CancellationToken cancellation) => writer.ChangeAsync(
        connection => connection.Query("DELETE FROM rounds WHERE task_uid = $uid", ("$uid", taskUid)).Execute()
            + connection.Query("DELETE FROM tasks WHERE uid = $uid", ("$uid", taskUid)).Execute(),
        cancellation);

    /// <inheritdoc/>
    public async Task<int> PruneAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var removed = 0;
        while (await writer.ChangeAsync(connection => SqlitePruning.RemoveOne(connection, bounds, now), cancellation).ConfigureAwait(false))
            removed++;
        if (removed > 0)
            await writer.RunAsync(connection => connection.Query("PRAGMA incremental_vacuum").Rows(_ => 0).Count, cancellation).ConfigureAwait(false);
        return removed;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await reader.DisposeAsync().ConfigureAwait(false);
        await writer.DisposeAsync().ConfigureAwait(false);
    }

    private static SqliteConnection Connect(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, ForeignKeys = true }.ToString());
        try
        {
            connection.Open();
            connection.Query("PRAGMA auto_vacuum = INCREMENTAL").Execute();
            connection.Query("PRAGMA journal_mode = WAL").Scalar();
            connection.Query("PRAGMA synchronous = FULL").Execute();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
