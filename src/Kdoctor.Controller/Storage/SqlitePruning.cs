using Microsoft.Data.Sqlite;

namespace Kdoctor.Controller.Storage;

/// <summary>Chooses the round to remove next: one that is too old, one too many of its task, or, while the whole is too big, the oldest.</summary>
internal static class SqlitePruning
{
    // A task's newest round is kept whatever its age: its number is what the next round counts from.
    private const string Removable = "state = 2 AND number < (SELECT max(number) FROM rounds AS newer WHERE newer.task_uid = rounds.task_uid)";

    /// <summary>Removes at most one round, within the caller's transaction.</summary>
    /// <returns>Whether one was removed: there may be more.</returns>
    public static bool RemoveOne(SqliteConnection connection, StoreBounds bounds, DateTimeOffset now)
    {
        var chosen = connection.Query($"SELECT seq FROM rounds WHERE {Removable} AND ended < $cutoff ORDER BY seq LIMIT 1", ("$cutoff", (now - bounds.Age).UtcTicks)).Scalar()
            ?? connection.Query(
                $"""
                SELECT min(seq) FROM rounds WHERE {Removable} AND task_uid =
                    (SELECT task_uid FROM rounds GROUP BY task_uid HAVING count(*) > $kept ORDER BY count(*) DESC LIMIT 1)
                """,
                ("$kept", bounds.RoundsPerTask)).Scalar()
            ?? (Convert.ToInt64(connection.Query("SELECT sum(bytes) FROM rounds").Scalar(), null) > bounds.Bytes
                ? connection.Query($"SELECT seq FROM rounds WHERE {Removable} ORDER BY seq LIMIT 1").Scalar()
                : null);
        return chosen is not null && connection.Query("DELETE FROM rounds WHERE seq = $seq", ("$seq", chosen)).Execute() == 1;
    }
}
