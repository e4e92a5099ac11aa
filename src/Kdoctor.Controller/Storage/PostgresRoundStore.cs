using Microsoft.Extensions.Logging;
using Npgsql;

namespace Kdoctor.Controller.Storage;

/// <summary>
/// The store that several controllers share: a PostgreSQL database, 12 or later, in which the controller may make a schema. Commits are as
/// durable as the server's settings make them.
/// </summary>
public sealed class PostgresRoundStore : SqlRoundStore
{
    /// <summary>The environment variable with the connection string. It holds a password: it is never written to a log.</summary>
    public const string Variable = "KDOCTOR_POSTGRES";

    private const int ConnectSeconds = 3;
    private const int CommandSeconds = 20;
    private const int KeepAliveSeconds = 10;

    private PostgresRoundStore(PostgresDatabase database, StoreBounds bounds, StoreStart start)
        : base(database, bounds, start)
    {
    }

    /// <summary>Connects, and makes or updates the tables.</summary>
    /// <param name="connectionString">As Npgsql reads it: <c>Host=db;Database=kdoctor;Username=kdoctor;Password=...</c>.</param>
    /// <param name="bounds">How much to keep.</param>
    /// <param name="newInstallationId">The installation's name, should the database be new.</param>
    /// <param name="time">For the pauses between attempts.</param>
    /// <param name="logs">Where to log.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ArgumentException">The connection string is wrong; the message does not show it.</exception>
    /// <exception cref="System.Data.Common.DbException">The server is away or refuses.</exception>
    /// <exception cref="InvalidDataException">A newer version wrote the tables.</exception>
    public static async Task<PostgresRoundStore> OpenAsync(
        string connectionString, StoreBounds bounds, Func<string> newInstallationId, TimeProvider time, ILoggerFactory logs, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(bounds);
        ArgumentNullException.ThrowIfNull(newInstallationId);
        var database = new PostgresDatabase(NpgsqlDataSource.Create(Settings(connectionString)), time, logs.CreateLogger<PostgresRoundStore>());
        try
        {
            var start = await database.ReadAsync(
                async (connection, _, giveUp) =>
                {
                    await PostgresSchema.MigrateAsync((NpgsqlConnection)connection, giveUp).ConfigureAwait(false);
                    return await StartAsync(connection, newInstallationId, giveUp).ConfigureAwait(false);
                },
                cancellation).ConfigureAwait(false);
            return new PostgresRoundStore(database, bounds, start);
        }
        catch
        {
            await database.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static NpgsqlConnectionStringBuilder Settings(string text)
    {
        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings = new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception bad) when (bad is ArgumentException or FormatException or InvalidCastException or KeyNotFoundException)
        {
            // The library's message may quote what stands there, and a password stands there.
            throw new ArgumentException($"{Variable} is no connection string of PostgreSQL; write it as Host=NAME;Database=kdoctor;Username=kdoctor;Password=SECRET");
        }
        if (string.IsNullOrWhiteSpace(settings.Host))
            throw new ArgumentException($"{Variable} names no host; write it as Host=NAME;Database=kdoctor;Username=kdoctor;Password=SECRET");

        // Bounds that outlast no lease and no patience, whatever the string says of other things.
        settings.SearchPath = PostgresSchema.Name;
        settings.ApplicationName ??= "kdoctor-controller";
        settings.MaxPoolSize = PostgresDatabase.MaxConnections;
        settings.MinPoolSize = 0;
        settings.Timeout = ConnectSeconds;
        settings.CommandTimeout = CommandSeconds;
        settings.KeepAlive = KeepAliveSeconds;
        settings.IncludeErrorDetail = false;
        settings.PersistSecurityInfo = false;

        // An image holds no Kerberos: without its library each attempt would fail first, loudly. Who needs encryption says so by SSL Mode.
        if (settings.GssEncryptionMode == GssEncryptionMode.Prefer)
            settings.GssEncryptionMode = GssEncryptionMode.Disable;
        return settings;
    }
}
