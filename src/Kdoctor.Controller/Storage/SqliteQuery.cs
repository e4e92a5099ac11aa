using Microsoft.Data.Sqlite;

namespace Kdoctor.Controller.Storage;

/// <summary>One statement with its parameters, named <c>$name</c>.</summary>
internal readonly struct SqliteQuery(SqliteConnection connection, string sql, (string Name, object? Value)[] parameters)
{
    public int Execute()
    {
        using var command = Command();
        return command.ExecuteNonQuery();
    }

    public object? Scalar()
    {
        using var command = Command();
        return command.ExecuteScalar() is { } value and not DBNull ? value : null;
    }

    public List<T> Rows<T>(Func<SqliteDataReader, T> read)
    {
        using var command = Command();
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    private SqliteCommand Command()
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Every statement is a constant of this folder; values are parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }
}

/// <summary>Statements, and the store's spelling of values.</summary>
internal static class SqliteReading
{
    public static SqliteQuery Query(this SqliteConnection connection, string sql, params (string Name, object? Value)[] parameters) =>
        new(connection, sql, parameters);

    public static DateTimeOffset Instant(this SqliteDataReader row, string column) => new(row.GetInt64(row.GetOrdinal(column)), TimeSpan.Zero);

    public static DateTimeOffset? InstantOrNull(this SqliteDataReader row, string column) =>
        row.IsDBNull(row.GetOrdinal(column)) ? null : row.Instant(column);

    public static string Text(this SqliteDataReader row, string column) => row.GetString(row.GetOrdinal(column));

    public static int Int(this SqliteDataReader row, string column) => row.GetInt32(row.GetOrdinal(column));

    public static byte[]? Blob(this SqliteDataReader row, string column) =>
        row.IsDBNull(row.GetOrdinal(column)) ? null : row.GetFieldValue<byte[]>(row.GetOrdinal(column));
}
