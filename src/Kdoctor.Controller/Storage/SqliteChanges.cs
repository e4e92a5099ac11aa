using Kdoctor.Core.Planning;
using Kdoctor.Core.Schedules;
using Microsoft.Data.Sqlite;

namespace Kdoctor.Controller.Storage;

/// <summary>The store's changes; each is called within one transaction.</summary>
internal static class SqliteChanges
{
    public static bool Begin(SqliteConnection connection, RoundPlan plan, byte[] packedPlan, byte[] intent) => connection.Query(
        """
        INSERT INTO rounds (task_uid, number, task_name, task_kind, generation, due, start, deadline, state, agents, bytes, intent, plan)
        VALUES ($uid, $number, $name, $kind, $generation, $due, $start, $deadline, 1, $agents, $bytes, $intent, $plan) ON CONFLICT DO NOTHING
        """,
        ("$uid", plan.Id.TaskUid), ("$number", plan.Id.Number), ("$name", plan.TaskName), ("$kind", plan.TaskKind), ("$generation", plan.Generation),
        ("$due", plan.Due.UtcTicks), ("$start", plan.Start.UtcTicks), ("$deadline", plan.Deadline.UtcTicks), ("$agents", plan.Agents.Length),
        ("$bytes", packedPlan.Length + intent.Length), ("$intent", intent), ("$plan", packedPlan)).Execute() == 1;

    public static bool End(SqliteConnection connection, RoundId id, RoundEnding ending, byte[] result, byte[] tally)
    {
        var changed = connection.Query(
            """
            UPDATE rounds SET state = 2, ended = $ended, verdict = $verdict, summary = $summary, result = $result, tally = $tally,
                superseded = $superseded, bytes = bytes + $more
            WHERE task_uid = $uid AND number = $number AND state = 1
            """,
            ("$uid", id.TaskUid), ("$number", id.Number), ("$ended", ending.At.UtcTicks), ("$verdict", (int)ending.Verdict.Verdict), ("$summary", ending.Verdict.Summary),
            ("$result", result), ("$tally", tally), ("$superseded", ending.Superseded ? 1 : 0), ("$more", result.Length + tally.Length)).Execute() == 1;
        if (changed)
            Count(connection, id.TaskUid, ending);
        return changed;
    }

    public static ShardAddition AddShard(SqliteConnection connection, RoundId id, string agentId, byte[] parts)
    {
        var found = connection
            .Query("SELECT seq, state FROM rounds WHERE task_uid = $uid AND number = $number", ("$uid", id.TaskUid), ("$number", id.Number))
            .Rows(row => (Seq: row.GetInt64(0), State: (RoundState)row.Int("state")));
        if (found is not [var round])
            return ShardAddition.NoSuchRound;
        var late = round.State == RoundState.Ended;
        var added = connection.Query("INSERT INTO shards (round, agent, late, parts) VALUES ($round, $agent, $late, $parts) ON CONFLICT DO NOTHING",
            ("$round", round.Seq), ("$agent", agentId), ("$late", late ? 1 : 0), ("$parts", parts)).Execute() == 1;
        if (!added)
            return ShardAddition.Duplicate;
        connection.Query("UPDATE rounds SET bytes = bytes + $more WHERE seq = $round", ("$more", parts.Length), ("$round", round.Seq)).Execute();
        return late ? ShardAddition.Late : ShardAddition.InTime;
    }

    private static void Count(SqliteConnection connection, string taskUid, RoundEnding ending) => connection.Query(
        ending.Superseded
            ? """
              INSERT INTO tasks (uid, done, missed, superseded, since) VALUES ($uid, 0, 0, 1, $at)
              ON CONFLICT (uid) DO UPDATE SET superseded = tasks.superseded + 1, since = $at
              """
            : "INSERT INTO tasks (uid, done, missed) VALUES ($uid, 1, 0) ON CONFLICT (uid) DO UPDATE SET done = tasks.done + 1",
        ("$uid", taskUid), ("$at", ending.At.UtcTicks)).Execute();

    public static void AddMissed(SqliteConnection connection, string taskUid, MissedRounds missed) => connection.Query(
        """
        INSERT INTO tasks (uid, done, missed, first_missed, last_missed) VALUES ($uid, 0, $count, $first, $last)
        ON CONFLICT (uid) DO UPDATE SET missed = missed + $count,
            first_missed = min(coalesce(first_missed, $first), $first), last_missed = max(coalesce(last_missed, $last), $last)
        """,
        ("$uid", taskUid), ("$count", missed.Count), ("$first", missed.First.UtcTicks), ("$last", missed.Last.UtcTicks)).Execute();
}
