using Microsoft.Data.Sqlite;

namespace Kdoctor.Controller.Storage;

/// <summary>
/// The default store: one SQLite file with a write-ahead log, for one controller. Commits are synced to the disk: a round that was begun stays
/// begun, even over a loss of power.
/// </summary>
public sealed class SqliteRoundStore : SqlRoundStore
{
    private SqliteRoundStore(SqliteDatabase database, StoreBounds bounds, StoreStart start)
        : base(database, bounds, start)
    {
    }

    /// <summary>Opens a store's file, or makes it.</summary>
    /// <param name="path">The file; its directory must exist.</param>
    /// <param name="bounds">How much to keep.</param>
    /// <param name="newInstallationId">The installation's name, should the file be new.</param>
    /// <exception cref="IOException">The file cannot be opened or is no store; the message names it.</exception>
    /// <exception cref="InvalidDataException">A newer version wrote it.</exception>
    public static SqliteRoundStore Open(string path, StoreBounds bounds, Func<string> newInstallationId)
    {
        ArgumentNullException.ThrowIfNull(bounds);
        ArgumentNullException.ThrowIfNull(newInstallationId);
        SqliteConnection? write = null;
        try
        {
            write = Connect(path);
            SqliteSchema.Migrate(write);

            // This library's tasks are complete when they are returned.
            var start = StartAsync(write, newInstallationId, CancellationToken.None).GetAwaiter().GetResult();
            return new SqliteRoundStore(new SqliteDatabase(write, Connect(path)), bounds, start);
        }
        catch (SqliteException broken)
        {
            write?.Dispose();
            throw new IOException($"cannot open the round store {path}: {broken.Message}", broken);
        }
        catch
        {
            write?.Dispose();
            throw;
        }
    }

    private static SqliteConnection Connect(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, ForeignKeys = true }.ToString());
        try
        {
            connection.Open();
            foreach (var setting in new[] { "auto_vacuum = INCREMENTAL", "journal_mode = WAL", "synchronous = FULL" })
                SqliteSchema.Run(connection, $"PRAGMA {setting}");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
