using System.Globalization;
using Npgsql;

namespace Kdoctor.Controller.Storage;

/// <summary>The tables in a PostgreSQL database, in a schema of their own, and the steps from each version to the next.</summary>
internal static class PostgresSchema
{
    /// <summary>The schema that holds them; connections look nowhere else.</summary>
    public const string Name = "kdoctor";

    // Any number that no other program on this database is likely to lock: "kdoctor" in ASCII.
    private const long MigrationLock = 0x6b646f63746f72;

    // Instants are UTC ticks (100 ns since 0001-01-01).
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE rounds (
            seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            task_uid TEXT NOT NULL, number INTEGER NOT NULL, task_name TEXT NOT NULL, task_kind TEXT NOT NULL, generation BIGINT NOT NULL,
            due BIGINT NOT NULL, start BIGINT NOT NULL, deadline BIGINT NOT NULL, state INTEGER NOT NULL, agents INTEGER NOT NULL,
            ended BIGINT, verdict INTEGER, summary TEXT, superseded INTEGER NOT NULL DEFAULT 0, bytes BIGINT NOT NULL,
            tally BYTEA, intent BYTEA NOT NULL, result BYTEA, plan BYTEA NOT NULL,
            UNIQUE (task_uid, number));
        CREATE INDEX rounds_ongoing ON rounds (seq) WHERE state = 1;
        CREATE TABLE shards (
            round BIGINT NOT NULL REFERENCES rounds (seq) ON DELETE CASCADE, agent TEXT NOT NULL, late INTEGER NOT NULL, parts BYTEA NOT NULL,
            PRIMARY KEY (round, agent));
        CREATE TABLE tasks (
            uid TEXT PRIMARY KEY, done INTEGER NOT NULL, superseded INTEGER NOT NULL DEFAULT 0, since BIGINT,
            missed BIGINT NOT NULL, first_missed BIGINT, last_missed BIGINT);
        ALTER TABLE rounds ALTER COLUMN plan SET STORAGE EXTERNAL, ALTER COLUMN result SET STORAGE EXTERNAL;
        """,
        """
        CREATE TABLE progress (
            round BIGINT PRIMARY KEY REFERENCES rounds (seq) ON DELETE CASCADE, planned BIGINT NOT NULL, sent BIGINT NOT NULL, succeeded BIGINT NOT NULL,
            failed BIGINT NOT NULL, connected INTEGER NOT NULL, reported INTEGER NOT NULL);
        """,
    ];

    /// <summary>Brings a database to the newest version, in one transaction that only one controller at a time can be in.</summary>
    /// <exception cref="InvalidDataException">A newer version wrote it.</exception>
    public static async Task MigrateAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await using var transactionEnds = transaction.ConfigureAwait(false);
        await connection.Query("SELECT pg_advisory_xact_lock(@key)", ("@key", MigrationLock)).ExecuteAsync(cancellation).ConfigureAwait(false);

        // Whoever may use the schema need not have the right to make one.
        if (await connection.Query("SELECT 1 FROM pg_namespace WHERE nspname = @name", ("@name", Name)).ScalarAsync(cancellation).ConfigureAwait(false) is null)
            await connection.Query($"CREATE SCHEMA {Name}").ExecuteAsync(cancellation).ConfigureAwait(false);
        await connection.Query("CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)").ExecuteAsync(cancellation).ConfigureAwait(false);
        var found = await connection.Query("SELECT value FROM meta WHERE key = 'schema'").ScalarAsync(cancellation).ConfigureAwait(false);
        var version = found is string text ? int.Parse(text, CultureInfo.InvariantCulture) : 0;
        if (version > Steps.Length)
            throw new InvalidDataException($"the store has schema version {version}; this version of kdoctor knows {Steps.Length}: use the newer one, or another database");
        for (; version < Steps.Length; version++)
        {
            await connection.Query(Steps[version]).ExecuteAsync(cancellation).ConfigureAwait(false);
            await connection.Query("INSERT INTO meta (key, value) VALUES ('schema', @to) ON CONFLICT (key) DO UPDATE SET value = @to",
                ("@to", (version + 1).ToString(CultureInfo.InvariantCulture))).ExecuteAsync(cancellation).ConfigureAwait(false);
        }
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
    }
}
