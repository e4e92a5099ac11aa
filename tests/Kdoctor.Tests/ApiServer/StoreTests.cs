using System.Globalization;
using Kdoctor.ApiServer.Storage;
using Kdoctor.TestKit.Contract;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Kdoctor.Tests.ApiServer;

public sealed class StoreTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kdoctor-store-");

    private string File => Path.Combine(folder.FullName, "objects.db");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_write_needs_the_version_that_it_replaces()
    {
        using var store = SqliteObjectStore.Open(new() { Path = File });
        var resource = store.Resource(ContractFiles.NetReach);
        var first = (await resource.CreateAsync(StoreSamples.Item("a"), CancellationToken.None)).Value!;
        var second = (await resource.UpdateAsync(StoreSamples.Item("a", "x"), first.ResourceVersion, CancellationToken.None)).Value!;
        Assert.Equal(first.ResourceVersion + 1, second.ResourceVersion);
        Assert.Equal(409, (await resource.UpdateAsync(StoreSamples.Item("a"), first.ResourceVersion, CancellationToken.None)).Error!.Code);
        Assert.Equal(409, (await resource.DeleteAsync(null, "a", first.ResourceVersion, CancellationToken.None)).Error!.Code);
        Assert.Equal(409, (await resource.CreateAsync(StoreSamples.Item("a"), CancellationToken.None)).Error!.Code);
        Assert.Equal(404, (await resource.UpdateAsync(StoreSamples.Item("b"), 1, CancellationToken.None)).Error!.Code);
        Assert.Equal(second.ResourceVersion + 1, (await resource.DeleteAsync(null, "a", second.ResourceVersion, CancellationToken.None)).Value!.ResourceVersion);
        Assert.Null(await resource.GetAsync(null, "a", CancellationToken.None));
    }

    [Fact]
    public async Task One_version_counts_for_all_resources_and_survives_a_reopening_after_deletions()
    {
        using (var store = SqliteObjectStore.Open(new() { Path = File }))
        {
            var (left, right) = (store.Resource(ContractFiles.NetReach), store.Resource(ContractFiles.NetReach with { Plural = "others" }));
            await left.CreateAsync(StoreSamples.Item("a"), CancellationToken.None);
            var other = (await right.CreateAsync(StoreSamples.Item("a"), CancellationToken.None)).Value!;
            await right.DeleteAsync(null, "a", other.ResourceVersion, CancellationToken.None);
        }

        using var again = SqliteObjectStore.Open(new() { Path = File });
        Assert.Equal(3, again.ResourceVersion);
        Assert.Equal("a", Assert.Single((await again.Resource(ContractFiles.NetReach).ListAsync(null, CancellationToken.None)).Items).Name);
        Assert.Equal(4, (await again.Resource(ContractFiles.NetReach).CreateAsync(StoreSamples.Item("b"), CancellationToken.None)).Value!.ResourceVersion);
        Assert.Equal(410, again.Resource(ContractFiles.NetReach).Watch(2).Error!.Code);
    }

    [Fact]
    public async Task A_full_resource_refuses_or_drops_the_oldest()
    {
        using var store = SqliteObjectStore.Open(new() { Path = File, MaxObjectsPerResource = 2 });
        var refusing = store.Resource(ContractFiles.NetReach);
        var dropping = store.Resource(ContractFiles.NetReach with { Plural = "events" }, WhenFull.DropOldest);
        foreach (var name in (string[])["a", "b"])
        {
            await refusing.CreateAsync(StoreSamples.Item(name), CancellationToken.None);
            await dropping.CreateAsync(StoreSamples.Item(name), CancellationToken.None);
        }

        Assert.Equal(403, (await refusing.CreateAsync(StoreSamples.Item("c"), CancellationToken.None)).Error!.Code);
        Assert.NotNull((await dropping.CreateAsync(StoreSamples.Item("c"), CancellationToken.None)).Value);
        Assert.Equal(["b", "c"], (await dropping.ListAsync(null, CancellationToken.None)).Items.Select(item => item.Name));
    }

    [Fact]
    public void A_file_of_another_layout_or_kind_is_refused()
    {
        System.IO.File.WriteAllText(File, "this is no database, and it is long enough to be looked at as one");
        Assert.Throws<IOException>(() => SqliteObjectStore.Open(new() { Path = File }));
        System.IO.File.Delete(File);
        using (var connection = new SqliteConnection($"Data Source={File};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 7";
            command.ExecuteNonQuery();
        }

        Assert.Contains("layout 7", Assert.Throws<IOException>(() => SqliteObjectStore.Open(new() { Path = File })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_killed_while_it_writes_loses_nothing_that_it_has_said()
    {
        var said = new List<string>();
        for (var round = 0; round < 4; round++)
        {
            using var process = StoreWriterProcess.Start(File);
            var target = said.Count + 25 + (17 * round);
            while (said.Count < target) said.Add((await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!);
            process.Kill();
            while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line) said.Add(line);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);

            using var store = SqliteObjectStore.Open(new() { Path = File });
            var kept = (await store.Resource(ContractFiles.NetReach).ListAsync(null, CancellationToken.None)).Items;
            Assert.Empty(said.Except(kept.Select(item => string.Create(CultureInfo.InvariantCulture, $"{item.Name} {item.ResourceVersion}"))));
            Assert.InRange(kept.Count, said.Count, said.Count + round + 1);
            Assert.Equal(kept.Count, kept.Select(item => item.ResourceVersion).Distinct().Count());
        }
    }
}
