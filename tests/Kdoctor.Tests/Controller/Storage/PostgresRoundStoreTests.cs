using Kdoctor.Controller.Storage;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Protocol;
using Kdoctor.TestKit.ApiServer;
using Kdoctor.TestKit.Databases;
using Kdoctor.TestKit.Reports;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kdoctor.Tests.Controller.Storage;

/// <summary>The same promises with a real PostgreSQL, and what only a server can do: go away and come back.</summary>
public sealed class PostgresRoundStoreTests(SharedPostgres postgres) : RoundStoreContract, IAsyncLifetime
{
    private string connection = "";

    public async ValueTask InitializeAsync() => connection = await postgres.NewDatabaseAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused()
    {
        await (await OpenAsync(new StoreBounds())).DisposeAsync();
        await SharedPostgres.ExecuteAsync(connection, "UPDATE kdoctor.meta SET value = '99' WHERE key = 'schema'");
        Assert.Contains("99", (await Assert.ThrowsAsync<InvalidDataException>(() => OpenAsync(new StoreBounds()))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ten_controllers_that_start_at_once_make_one_store()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => OpenAsync(new StoreBounds())));
        Assert.Single(stores.Select(store => store.InstallationId).Distinct());
        foreach (var store in stores)
            await store.DisposeAsync();
    }

    [Fact]
    public async Task Connections_that_the_server_cuts_lose_nothing_and_repeat_nothing()
    {
        var mesh = MeshRound.Of(3);
        await using var store = await OpenAsync(new StoreBounds());
        for (var number = 1; number <= 5; number++)
        {
            var id = new RoundId(mesh.Task.Uid, number);
            await CutAsync();
            Assert.True(await store.TryBeginAsync(new RoundRecord { Plan = mesh.Plan with { Id = id }, Expect = mesh.Task.Expect, Spec = mesh.Task.Spec }, null, Cancellation));
            await CutAsync();
            await store.AddShardAsync(id, "id-1", [.. ShardCodec.Encode(mesh.Shard(0))], Cancellation);
        }
        Assert.Equal([5, 4, 3, 2, 1], (await store.HistoryAsync(mesh.Task.Uid, 10, Cancellation)).Select(row => row.Id.Number));
    }

    [Theory]
    [InlineData("Host=db;Sesame=open")]
    [InlineData("Password=open-sesame")]
    [InlineData("open-sesame")]
    public async Task A_wrong_connection_string_is_refused_without_being_shown(string wrong)
    {
        connection = wrong;
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => OpenAsync(new StoreBounds()));
        Assert.StartsWith("KDOCTOR_POSTGRES ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", refused.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    protected override async Task<IRoundStore> OpenAsync(StoreBounds bounds) =>
        await PostgresRoundStore.OpenAsync(connection, bounds, () => "installation-1", Clock.Real, NullLoggerFactory.Instance, Cancellation);

    private Task CutAsync() => SharedPostgres.ExecuteAsync(connection, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
}
