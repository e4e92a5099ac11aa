using System.Data.Common;
using System.Globalization;

namespace Kdoctor.Controller.Storage;

/// <summary>
/// Whose changes count: every claim of a store raises its term, and a change is kept only while the term is still the one of whoever makes
/// it. The row is held until the change is committed, so that no change of an older term comes after a claim.
/// </summary>
internal static class SqlTerm
{
    public static async Task<long> ClaimAsync(DbConnection connection, CancellationToken cancellation) => Parse(await connection
        .Query(
            """
            INSERT INTO meta (key, value) VALUES ('term', '1')
            ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(meta.value AS BIGINT) + 1 AS TEXT) RETURNING value
            """)
        .ScalarAsync(cancellation).ConfigureAwait(false));

    public static async Task<long> NowAsync(DbConnection connection, string holdRow, CancellationToken cancellation) =>
        Parse(await connection.Query("SELECT value FROM meta WHERE key = 'term'" + holdRow).ScalarAsync(cancellation).ConfigureAwait(false));

    private static long Parse(object? value) => value is string text ? long.Parse(text, CultureInfo.InvariantCulture) : 0;
}

/// <summary>Another controller has claimed the store since: nothing that this one writes counts any more.</summary>
public sealed class StoreClaimedException : Exception
{
    internal StoreClaimedException(long own, long now)
        : base($"another controller has claimed the store (term {now}, this one's is {own}); nothing was written. Only one may lead: if both go on, they share a database but not a cluster")
    {
    }
}
