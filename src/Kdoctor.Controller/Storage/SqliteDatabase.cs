using Microsoft.Data.Sqlite;

namespace Kdoctor.Controller.Storage;

/// <summary>
/// An open SQLite file: one connection writes and one reads, so that reports do not hold rounds up. Each is used by one caller at a time, on the
/// thread pool, for the library blocks; waiting callers are as many as callers are.
/// </summary>
internal sealed class SqliteDatabase(SqliteConnection write, SqliteConnection read) : ISqlDatabase
{
    private readonly Turns writer = new(write);
    private readonly Turns reader = new(read);

    // A transaction that writes holds the whole file.
    public string HoldRow => "";

    public Task<T> ReadAsync<T>(SqlWork<T> work, CancellationToken cancellation) => reader.RunAsync(work, cancellation);

    public Task<T> ChangeAsync<T>(SqlWork<T> work, CancellationToken cancellation) => writer.RunAsync(
        async (_, again, giveUp) =>
        {
            var transaction = write.BeginTransaction();
            await using var transactionEnds = transaction.ConfigureAwait(false);
            var result = await work(write, again, giveUp).ConfigureAwait(false);
            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            return result;
        },
        cancellation);

    public Task CompactAsync(CancellationToken cancellation) =>
        writer.RunAsync((connection, _, giveUp) => connection.Query("PRAGMA incremental_vacuum").RowsAsync(_ => 0, giveUp), cancellation);

    public async ValueTask DisposeAsync()
    {
        await reader.DisposeAsync().ConfigureAwait(false);
        await writer.DisposeAsync().ConfigureAwait(false);
    }

    private sealed class Turns(SqliteConnection connection) : IAsyncDisposable
    {
        private readonly SemaphoreSlim turn = new(1);

        public async Task<T> RunAsync<T>(SqlWork<T> work, CancellationToken cancellation)
        {
            await turn.WaitAsync(cancellation).ConfigureAwait(false);
            try
            {
                return await Task.Run(() => work(connection, false, CancellationToken.None), CancellationToken.None).ConfigureAwait(false);
            }
            finally
            {
                turn.Release();
            }
        }

        public async ValueTask DisposeAsync()
        {
            await turn.WaitAsync().ConfigureAwait(false);
            await connection.DisposeAsync().ConfigureAwait(false);
            turn.Dispose();
        }
    }
}
