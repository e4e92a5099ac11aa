using System.Data.Common;

namespace Kdoctor.Controller.Storage;

/// <summary>Chooses the round to remove next: one that is too old, one too many of its task, or, while the whole is too big, the oldest.</summary>
internal static class SqlPruning
{
    // A task's newest round is kept whatever its age: its number is what the next round counts from.
    private const string Removable = "state = 2 AND number < (SELECT max(number) FROM rounds AS newer WHERE newer.task_uid = rounds.task_uid)";

    /// <summary>Removes at most one round, within the caller's transaction.</summary>
    /// <returns>Whether one was removed: there may be more.</returns>
    public static async Task<bool> RemoveOneAsync(DbConnection connection, StoreBounds bounds, DateTimeOffset now, CancellationToken cancellation)
    {
        var chosen = await connection
            .Query($"SELECT seq FROM rounds WHERE {Removable} AND ended < @cutoff ORDER BY seq LIMIT 1", ("@cutoff", (now - bounds.Age).UtcTicks))
            .ScalarAsync(cancellation).ConfigureAwait(false);
        chosen ??= await connection
            .Query(
                $"""
                SELECT min(seq) FROM rounds WHERE {Removable} AND task_uid =
                    (SELECT task_uid FROM rounds GROUP BY task_uid HAVING count(*) > @kept ORDER BY count(*) DESC LIMIT 1)
                """,
                ("@kept", bounds.RoundsPerTask))
            .ScalarAsync(cancellation).ConfigureAwait(false);
        if (chosen is null && await BytesAsync(connection, cancellation).ConfigureAwait(false) > bounds.Bytes)
            chosen = await connection.Query($"SELECT seq FROM rounds WHERE {Removable} ORDER BY seq LIMIT 1").ScalarAsync(cancellation).ConfigureAwait(false);
        return chosen is not null && await connection.Query("DELETE FROM rounds WHERE seq = @seq", ("@seq", chosen)).ExecuteAsync(cancellation).ConfigureAwait(false) == 1;
    }

    private static async Task<long> BytesAsync(DbConnection connection, CancellationToken cancellation) =>
        Convert.ToInt64(await connection.Query("SELECT sum(bytes) FROM rounds").ScalarAsync(cancellation).ConfigureAwait(false), null);
}
