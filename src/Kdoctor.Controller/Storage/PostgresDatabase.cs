using System.Data.Common;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Kdoctor.Controller.Storage;

/// <summary>
/// A PostgreSQL database over at most <see cref="MaxConnections"/> connections, further callers wait. Work that meets a broken connection, a
/// restarting server or a lost race is tried again on another connection, with growing pauses, for at most <see cref="Patience"/>; then the
/// caller is told, and decides: agents keep their shards, and a round that cannot be judged yet stays active.
/// </summary>
internal sealed partial class PostgresDatabase(NpgsqlDataSource source, TimeProvider time, ILogger logger) : ISqlDatabase
{
    /// <summary>The most connections of one controller.</summary>
    public const int MaxConnections = 8;

    /// <summary>How long work is tried again.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim free = new(MaxConnections);

    // Shared, so that changes do not wait for each other; a claim waits for all of them, and they for it.
    public string HoldRow => " FOR SHARE";

    public Task<T> ReadAsync<T>(SqlWork<T> work, CancellationToken cancellation) => PersistAsync(work, cancellation);

    public Task<T> ChangeAsync<T>(SqlWork<T> work, CancellationToken cancellation) => PersistAsync(
        async (connection, again, giveUp) =>
        {
            var transaction = await connection.BeginTransactionAsync(giveUp).ConfigureAwait(false);
            await using var transactionEnds = transaction.ConfigureAwait(false);
            var result = await work(connection, again, giveUp).ConfigureAwait(false);
            await transaction.CommitAsync(giveUp).ConfigureAwait(false);
            return result;
        },
        cancellation);

    // The server's autovacuum does it.
    public Task CompactAsync(CancellationToken cancellation) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync().ConfigureAwait(false);
        free.Dispose();
    }

    private async Task<T> PersistAsync<T>(SqlWork<T> work, CancellationToken cancellation)
    {
        await free.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var began = time.GetTimestamp();
            var pause = FirstPause;
            for (var again = false; ; again = true)
            {
                try
                {
                    var connection = await source.OpenConnectionAsync(cancellation).ConfigureAwait(false);
                    await using var connectionEnds = connection.ConfigureAwait(false);
                    return await work(connection, again, cancellation).ConfigureAwait(false);
                }
                catch (DbException broken) when (MayPass(broken) && time.GetElapsedTime(began) + pause < Patience)
                {
                    LogBroken(broken.SqlState ?? "no answer", broken.Message, pause);
                    await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
                    pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                }
            }
        }
        finally
        {
            free.Release();
        }
    }

    // Beside what the library calls transient: a server that is being stopped (PostgreSQL, appendix A, class 57).
    private static bool MayPass(DbException broken) =>
        broken.IsTransient || broken.InnerException is SocketException or IOException or TimeoutException || broken.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown;

    [LoggerMessage(Level = LogLevel.Warning, Message = "The PostgreSQL store does not answer ({State}: {Reason}); trying again in {Pause}")]
    private partial void LogBroken(string state, string reason, TimeSpan pause);
}
