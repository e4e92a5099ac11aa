using Microsoft.Data.Sqlite;

namespace Kdoctor.Controller.Storage;

/// <summary>The tables of a store's file, and the steps from each version to the next. <c>PRAGMA user_version</c> says which one a file has.</summary>
internal static class SqliteSchema
{
    // Instants are UTC ticks (100 ns since 0001-01-01). Small columns stand before blobs, so that scans do not read overflow pages.
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE rounds (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            task_uid TEXT NOT NULL, number INTEGER NOT NULL, task_name TEXT NOT NULL, task_kind TEXT NOT NULL, generation INTEGER NOT NULL,
            due INTEGER NOT NULL, start INTEGER NOT NULL, deadline INTEGER NOT NULL, state INTEGER NOT NULL, agents INTEGER NOT NULL,
            ended INTEGER, verdict INTEGER, summary TEXT, bytes INTEGER NOT NULL, tally BLOB, intent BLOB NOT NULL, result BLOB, plan BLOB NOT NULL,
            UNIQUE (task_uid, number));
        CREATE INDEX rounds_ongoing ON rounds (seq) WHERE state = 1;
        CREATE TABLE shards (
            round INTEGER NOT NULL REFERENCES rounds (seq) ON DELETE CASCADE, agent TEXT NOT NULL, late INTEGER NOT NULL, parts BLOB NOT NULL,
            UNIQUE (round, agent));
        CREATE TABLE tasks (uid TEXT PRIMARY KEY, done INTEGER NOT NULL, missed INTEGER NOT NULL, first_missed INTEGER, last_missed INTEGER) WITHOUT ROWID;
        """,
        """
        ALTER TABLE rounds ADD COLUMN superseded INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE tasks ADD COLUMN superseded INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE tasks ADD COLUMN since INTEGER;
        """,
        """
        CREATE TABLE progress (
            round INTEGER PRIMARY KEY REFERENCES rounds (seq) ON DELETE CASCADE, planned INTEGER NOT NULL, sent INTEGER NOT NULL, succeeded INTEGER NOT NULL,
            failed INTEGER NOT NULL, connected INTEGER NOT NULL, reported INTEGER NOT NULL);
        """,
    ];

    /// <summary>Brings an open file to the newest version, each step in one transaction.</summary>
    /// <exception cref="InvalidDataException">The file was written by a newer version.</exception>
    public static void Migrate(SqliteConnection connection)
    {
        var version = Convert.ToInt32(Run(connection, "PRAGMA user_version"), null);
        if (version > Steps.Length)
            throw new InvalidDataException($"the store has schema version {version}; this version of kdoctor knows {Steps.Length}: use the newer one, or another data directory");
        for (; version < Steps.Length; version++)
        {
            using var transaction = connection.BeginTransaction();
            Run(connection, Steps[version]);
            Run(connection, $"PRAGMA user_version = {version + 1}");
            transaction.Commit();
        }
    }

    /// <summary>Runs statements of this folder; the first value that they answer, if any.</summary>
    public static object? Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this folder.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
