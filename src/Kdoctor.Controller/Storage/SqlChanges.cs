using System.Data.Common;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Schedules;

namespace Kdoctor.Controller.Storage;

/// <summary>The store's changes; each is called within one transaction.</summary>
internal static class SqlChanges
{
    public static async Task<bool> BeginAsync(DbConnection connection, RoundPlan plan, byte[] packedPlan, byte[] intent, CancellationToken cancellation) =>
        await connection.Query(
            """
            INSERT INTO rounds (task_uid, number, task_name, task_kind, generation, due, start, deadline, state, agents, bytes, intent, plan)
            VALUES (@uid, @number, @name, @kind, @generation, @due, @start, @deadline, 1, @agents, @bytes, @intent, @plan) ON CONFLICT DO NOTHING
            """,
            ("@uid", plan.Id.TaskUid), ("@number", plan.Id.Number), ("@name", plan.TaskName), ("@kind", plan.TaskKind), ("@generation", plan.Generation),
            ("@due", plan.Due.UtcTicks), ("@start", plan.Start.UtcTicks), ("@deadline", plan.Deadline.UtcTicks), ("@agents", plan.Agents.Length),
            ("@bytes", (long)packedPlan.Length + intent.Length), ("@intent", intent), ("@plan", packedPlan)).ExecuteAsync(cancellation).ConfigureAwait(false) == 1;

    /// <summary>Whether the store holds exactly this plan, as it does after an attempt whose answer was lost.</summary>
    public static async Task<bool> HasPlanAsync(DbConnection connection, RoundId id, byte[] packedPlan, CancellationToken cancellation) =>
        await connection.Query("SELECT 1 FROM rounds WHERE task_uid = @uid AND number = @number AND plan = @plan", ("@uid", id.TaskUid), ("@number", id.Number), ("@plan", packedPlan))
            .ScalarAsync(cancellation).ConfigureAwait(false) is not null;

    public static async Task<bool> EndAsync(DbConnection connection, RoundId id, RoundEnding ending, byte[] result, byte[] tally, CancellationToken cancellation)
    {
        // A NUL is no character of a text in every database.
        var summary = ending.Verdict.Summary.Replace('\0', '\uFFFD');
        var changed = await connection.Query(
            """
            UPDATE rounds SET state = 2, ended = @ended, verdict = @verdict, summary = @summary, result = @result, tally = @tally,
                superseded = @superseded, bytes = bytes + @more
            WHERE task_uid = @uid AND number = @number AND state = 1
            """,
            ("@uid", id.TaskUid), ("@number", id.Number), ("@ended", ending.At.UtcTicks), ("@verdict", (int)ending.Verdict.Verdict), ("@summary", summary),
            ("@result", result), ("@tally", tally), ("@superseded", ending.Superseded ? 1 : 0), ("@more", (long)result.Length + tally.Length))
            .ExecuteAsync(cancellation).ConfigureAwait(false) == 1;
        if (!changed)
            return false;
        await SqlProgress.ForgetAsync(connection, id, cancellation).ConfigureAwait(false);
        await CountAsync(connection, id.TaskUid, ending, cancellation).ConfigureAwait(false);
        return true;
    }

    // A second attempt, as after an answer that was lost, finds that nothing counts.
    public static async Task<bool> CountAnewAsync(DbConnection connection, string taskUid, DateTimeOffset at, CancellationToken cancellation) =>
        await connection.Query("UPDATE tasks SET superseded = superseded + done, done = 0, since = @at WHERE uid = @uid AND done > 0", ("@uid", taskUid), ("@at", at.UtcTicks))
            .ExecuteAsync(cancellation).ConfigureAwait(false) == 1;

    public static async Task<ShardAddition> AddShardAsync(DbConnection connection, RoundId id, string agentId, byte[] parts, CancellationToken cancellation)
    {
        var found = await connection
            .Query("SELECT seq, state FROM rounds WHERE task_uid = @uid AND number = @number", ("@uid", id.TaskUid), ("@number", id.Number))
            .RowsAsync(row => (Seq: row.Long("seq"), State: (RoundState)row.Int("state")), cancellation).ConfigureAwait(false);
        if (found is not [var round])
            return ShardAddition.NoSuchRound;
        var late = round.State == RoundState.Ended;
        var added = await connection.Query("INSERT INTO shards (round, agent, late, parts) VALUES (@round, @agent, @late, @parts) ON CONFLICT DO NOTHING",
            ("@round", round.Seq), ("@agent", agentId), ("@late", late ? 1 : 0), ("@parts", parts)).ExecuteAsync(cancellation).ConfigureAwait(false);
        if (added != 1)
            return ShardAddition.Duplicate;
        await connection.Query("UPDATE rounds SET bytes = bytes + @more WHERE seq = @round", ("@more", (long)parts.Length), ("@round", round.Seq))
            .ExecuteAsync(cancellation).ConfigureAwait(false);
        return late ? ShardAddition.Late : ShardAddition.InTime;
    }

    public static Task AddMissedAsync(DbConnection connection, string taskUid, MissedRounds missed, CancellationToken cancellation) => connection.Query(
        """
        INSERT INTO tasks (uid, done, missed, first_missed, last_missed) VALUES (@uid, 0, @count, @first, @last)
        ON CONFLICT (uid) DO UPDATE SET missed = tasks.missed + @count,
            first_missed = CASE WHEN tasks.first_missed < @first THEN tasks.first_missed ELSE @first END,
            last_missed = CASE WHEN tasks.last_missed > @last THEN tasks.last_missed ELSE @last END
        """,
        ("@uid", taskUid), ("@count", missed.Count), ("@first", missed.First.UtcTicks), ("@last", missed.Last.UtcTicks)).ExecuteAsync(cancellation);

    private static Task<int> CountAsync(DbConnection connection, string taskUid, RoundEnding ending, CancellationToken cancellation) => ending.Superseded
        ? connection.Query(
            """
            INSERT INTO tasks (uid, done, missed, superseded, since) VALUES (@uid, 0, 0, 1, @at)
            ON CONFLICT (uid) DO UPDATE SET superseded = tasks.superseded + 1, since = @at
            """,
            ("@uid", taskUid), ("@at", ending.At.UtcTicks)).ExecuteAsync(cancellation)
        : connection.Query("INSERT INTO tasks (uid, done, missed) VALUES (@uid, 1, 0) ON CONFLICT (uid) DO UPDATE SET done = tasks.done + 1", ("@uid", taskUid))
            .ExecuteAsync(cancellation);
}
