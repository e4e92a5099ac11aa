using Npgsql;
using Xunit;

namespace Kdoctor.TestKit.Databases;

/// <summary>One PostgreSQL server for all tests of a run, started when the first of them asks; each test has a database of its own.</summary>
public sealed class SharedPostgres : IAsyncDisposable
{
    private readonly Lazy<Task<PostgresServer>> server = new(() => PostgresServer.StartAsync());

    /// <summary>Makes an empty database; skips the test where there is no PostgreSQL.</summary>
    /// <returns>How to connect to it.</returns>
    public async Task<string> NewDatabaseAsync()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        return await (await server.Value).NewDatabaseAsync();
    }

    /// <summary>Says something to a database behind everybody's back.</summary>
    public static async Task ExecuteAsync(string connection, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (server.IsValueCreated)
            await (await server.Value).DisposeAsync();
    }
}
