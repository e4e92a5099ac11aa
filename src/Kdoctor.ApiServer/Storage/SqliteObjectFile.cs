using Kdoctor.ApiServer.Bodies;
using Kdoctor.ApiServer.Objects;
using Microsoft.Data.Sqlite;

namespace Kdoctor.ApiServer.Storage;

/// <summary>The SQL behind <see cref="SqliteObjectStore"/>. Not safe for concurrent use.</summary>
internal sealed class SqliteObjectFile : IDisposable
{
    private const int SchemaVersion = 1;
    private readonly SqliteConnection connection;

    private SqliteObjectFile(SqliteConnection connection) => this.connection = connection;

    public static SqliteObjectFile Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            var file = new SqliteObjectFile(connection);
            file.Prepare(path);
            return file;
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw new IOException($"cannot open the object store {path}: {e.Message}", e);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public long ReadVersion()
    {
        using var command = Command("SELECT version FROM counter");
        return (long)command.ExecuteScalar()!;
    }

    public IReadOnlyList<ApiObject> Read(string resource)
    {
        using var command = Command("SELECT json FROM object WHERE resource = $resource", ("$resource", resource));
        using var reader = command.ExecuteReader();
        var items = new List<ApiObject>();
        while (reader.Read()) items.Add(new ApiObject(JsonText.ReadTrusted((byte[])reader[0])));
        return items;
    }

    public void Put(string resource, ApiObject item, long version) => Write(
        version,
        """
        INSERT INTO object (resource, namespace, name, json) VALUES ($resource, $namespace, $name, $json)
        ON CONFLICT DO UPDATE SET json = excluded.json
        """,
        ("$resource", resource),
        ("$namespace", item.Namespace ?? ""),
        ("$name", item.Name),
        ("$json", item.Utf8Json.ToArray()));

    public void Remove(string resource, string? ns, string name, long version) => Write(
        version,
        "DELETE FROM object WHERE resource = $resource AND namespace = $namespace AND name = $name",
        ("$resource", resource),
        ("$namespace", ns ?? ""),
        ("$name", name));

    public void Dispose() => this.connection.Dispose();

    private void Prepare(string path)
    {
        // Waiting out a file lock is for a predecessor that is still shutting down.
        Execute("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
        using (var command = Command("PRAGMA user_version"))
        {
            var found = (long)command.ExecuteScalar()!;
            if (found is not (0 or SchemaVersion))
                throw new IOException($"the object store {path} has layout {found}; this program knows layout {SchemaVersion}");
        }

        Execute(
            $"""
            BEGIN IMMEDIATE;
            CREATE TABLE IF NOT EXISTS object (
              resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, json BLOB NOT NULL,
              PRIMARY KEY (resource, namespace, name));
            CREATE TABLE IF NOT EXISTS counter (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL);
            INSERT OR IGNORE INTO counter (id, version) VALUES (1, 0);
            PRAGMA user_version = {SchemaVersion};
            COMMIT;
            """);
    }

    private void Write(long version, string sql, params (string Name, object Value)[] values)
    {
        using var transaction = this.connection.BeginTransaction();
        using (var change = Command(sql, values)) change.ExecuteNonQuery();
        using (var count = Command("UPDATE counter SET version = $version", ("$version", version))) count.ExecuteNonQuery();
        transaction.Commit();
    }

    private void Execute(string sql)
    {
        using var command = Command(sql);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, params (string Name, object Value)[] values)
    {
        var command = this.connection.CreateCommand();
#pragma warning disable CA2100 // The statements are this file's own; values travel as parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in values) command.Parameters.AddWithValue(name, value);
        return command;
    }
}
