using System.IO.Compression;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Kdoctor.TestKit.Databases;

/// <summary>All that a controller's SQLite file holds, as text to search: its octets as they lie there, and every value of every table with packed blobs unpacked.</summary>
public static class StoreText
{
    private static readonly byte[] Gzip = [0x1f, 0x8b];

    /// <summary>Reads a file and the write-ahead log beside it, which may be in use: copies are opened.</summary>
    public static string Of(byte[] file, byte[] log)
    {
        var folder = Directory.CreateTempSubdirectory("kdoctor-store-");
        try
        {
            var path = Path.Combine(folder.FullName, "rounds.db");
            File.WriteAllBytes(path, file);
            File.WriteAllBytes(path + "-wal", log);
            return Of(path).Append(Encoding.Latin1.GetString(file)).Append(Encoding.Latin1.GetString(log)).ToString();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static StringBuilder Of(string path)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        var text = new StringBuilder();
        foreach (var table in Values(connection, "SELECT name FROM sqlite_master WHERE type = 'table'").OfType<string>().ToList())
        {
            foreach (var value in Values(connection, $"SELECT * FROM \"{table}\""))
                text.Append(value is byte[] blob ? Unpacked(blob) : value).Append('\n');
        }
        return text;
    }

    private static IEnumerable<object> Values(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The names are the file's own tables.
        command.CommandText = sql;
#pragma warning restore CA2100
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            for (var column = 0; column < rows.FieldCount; column++)
                yield return rows.GetValue(column);
        }
    }

    private static string Unpacked(byte[] blob)
    {
        if (!blob.AsSpan().StartsWith(Gzip))
            return Encoding.Latin1.GetString(blob);
        using var gzip = new GZipStream(new MemoryStream(blob), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
