using Microsoft.Data.Sqlite;

namespace Kdoctor.Controller.Storage;

/// <summary>One connection, used by one caller at a time, on the thread pool: the library blocks. Waiting callers are as many as callers are.</summary>
internal sealed class SqliteTurns(SqliteConnection connection) : IAsyncDisposable
{
    private readonly SemaphoreSlim turn = new(1);

    public async Task<T> RunAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => work(connection), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Runs the work in one transaction: all of it is kept, or, when it throws, nothing.</summary>
    public Task<T> ChangeAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellation) => RunAsync(
        open =>
        {
            using var transaction = open.BeginTransaction();
            var result = work(open);
            transaction.Commit();
            return result;
        },
        cancellation);

    public async ValueTask DisposeAsync()
    {
        await turn.WaitAsync().ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
        turn.Dispose();
    }
}
