using Kdoctor.Controller.Storage;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Kdoctor.Tests.Controller.Storage;

public sealed class SqliteRoundStoreTests : RoundStoreContract, IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_file_of_a_newer_version_is_refused()
    {
        await (await OpenAsync(new StoreBounds())).DisposeAsync();
        using (var connection = new SqliteConnection($"Data Source={folder.Path("rounds.db")};Pooling=False"))
        {
            connection.Open();
            SqliteSchema.Run(connection, "PRAGMA user_version = 99");
        }
        Assert.Contains("99", (await Assert.ThrowsAsync<InvalidDataException>(() => OpenAsync(new StoreBounds()))).Message, StringComparison.Ordinal);
    }

    protected override Task<IRoundStore> OpenAsync(StoreBounds bounds)
    {
        try
        {
            return Task.FromResult<IRoundStore>(SqliteRoundStore.Open(folder.Path("rounds.db"), bounds, () => "installation-1"));
        }
        catch (InvalidDataException refused)
        {
            return Task.FromException<IRoundStore>(refused);
        }
    }
}
