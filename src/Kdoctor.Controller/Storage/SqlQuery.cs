using System.Data.Common;

namespace Kdoctor.Controller.Storage;

/// <summary>One statement with its parameters, named <c>@name</c>, in words that every database here understands.</summary>
internal readonly struct SqlQuery(DbConnection connection, string sql, (string Name, object Value)[] parameters)
{
    public async Task<int> ExecuteAsync(CancellationToken cancellation)
    {
        var command = Command();
        await using var commandEnds = command.ConfigureAwait(false);
        return await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    public async Task<object?> ScalarAsync(CancellationToken cancellation)
    {
        var command = Command();
        await using var commandEnds = command.ConfigureAwait(false);
        return await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false) is { } value and not DBNull ? value : null;
    }

    public async Task<List<T>> RowsAsync<T>(Func<DbDataReader, T> read, CancellationToken cancellation)
    {
        var command = Command();
        await using var commandEnds = command.ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await using var readerEnds = reader.ConfigureAwait(false);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
            rows.Add(read(reader));
        return rows;
    }

    private DbCommand Command()
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Every statement is a constant of this folder; values are parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }
        return command;
    }
}

/// <summary>Statements, and the store's spelling of values.</summary>
internal static class SqlReading
{
    public static SqlQuery Query(this DbConnection connection, string sql, params (string Name, object Value)[] parameters) => new(connection, sql, parameters);

    public static DateTimeOffset Instant(this DbDataReader row, string column) => new(row.GetInt64(row.GetOrdinal(column)), TimeSpan.Zero);

    public static DateTimeOffset? InstantOrNull(this DbDataReader row, string column) =>
        row.IsDBNull(row.GetOrdinal(column)) ? null : row.Instant(column);

    public static string Text(this DbDataReader row, string column) => row.GetString(row.GetOrdinal(column));

    public static int Int(this DbDataReader row, string column) => row.GetInt32(row.GetOrdinal(column));

    public static long Long(this DbDataReader row, string column) => row.GetInt64(row.GetOrdinal(column));

    public static byte[]? Blob(this DbDataReader row, string column) =>
        row.IsDBNull(row.GetOrdinal(column)) ? null : row.GetFieldValue<byte[]>(row.GetOrdinal(column));
}
