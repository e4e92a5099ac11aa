using System.Data.Common;

namespace Kdoctor.Controller.Storage;

/// <summary>Rounds without plan and results, from a task's own status.</summary>
internal static class SqlRecall
{
    public static async Task<bool> KeepAsync(DbConnection connection, RecalledTask task, CancellationToken cancellation)
    {
        if (await connection.Query("SELECT 1 FROM rounds WHERE task_uid = @uid", ("@uid", task.Uid)).ScalarAsync(cancellation).ConfigureAwait(false) is not null)
            return false;
        var totals = task.Totals;
        var isNew = await connection.Query(
            """
            INSERT INTO tasks (uid, done, superseded, since, missed, first_missed, last_missed)
            VALUES (@uid, @done, @superseded, @since, @missed, @first, @last) ON CONFLICT DO NOTHING
            """,
            ("@uid", task.Uid), ("@done", totals.Done), ("@superseded", totals.Superseded), ("@since", Ticks(totals.Since)),
            ("@missed", totals.Missed?.Count ?? 0), ("@first", Ticks(totals.Missed?.First)), ("@last", Ticks(totals.Missed?.Last)))
            .ExecuteAsync(cancellation).ConfigureAwait(false) == 1;
        if (!isNew)
            return false;
        foreach (var round in task.Rounds.OrderBy(round => round.Id.Number))
            await InsertAsync(connection, round, cancellation).ConfigureAwait(false);
        return true;
    }

    private static Task<int> InsertAsync(DbConnection connection, RoundRow round, CancellationToken cancellation)
    {
        var tally = round.Tally is { } known ? RoundBlobs.Pack(known, RoundJson.Default.RoundTally) : null;
        return connection.Query(
            """
            INSERT INTO rounds (task_uid, number, task_name, task_kind, generation, due, start, deadline, state, agents, ended, verdict, summary, superseded, bytes, tally, intent, plan)
            VALUES (@uid, @number, @name, @kind, @generation, @due, @start, @deadline, 2, @agents, @ended, @verdict, @summary, @superseded, @bytes, @tally, @none, @none)
            """,
            ("@uid", round.Id.TaskUid), ("@number", round.Id.Number), ("@name", round.TaskName), ("@kind", round.TaskKind), ("@generation", round.Generation),
            ("@due", round.Due.UtcTicks), ("@start", round.Start.UtcTicks), ("@deadline", round.Deadline.UtcTicks), ("@agents", round.Agents), ("@ended", Ticks(round.Ended)),
            ("@verdict", (int)round.Verdict!.Value), ("@summary", (object?)round.Summary?.Replace('\0', '\uFFFD') ?? DBNull.Value), ("@superseded", round.Superseded ? 1 : 0),
            ("@bytes", (long)(tally?.Length ?? 0)), ("@tally", (object?)tally ?? DBNull.Value), ("@none", Array.Empty<byte>())).ExecuteAsync(cancellation);
    }

    private static object Ticks(DateTimeOffset? instant) => instant is { } known ? known.UtcTicks : DBNull.Value;
}
