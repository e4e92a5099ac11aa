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

    /// <remarks>Seen red: "SQLite Error 26: 'file is not a database'", without a word on which file.</remarks>
    [Theory]
    [InlineData("This is the 1st sentence of a letter, and no database at all: not even its header is one.")]
    [InlineData(null)]
    public async Task A_file_that_is_no_store_is_named(string? text)
    {
        if (text is null)
            Directory.CreateDirectory(folder.Path("rounds.db"));
        else
            await File.WriteAllTextAsync(folder.Path("rounds.db"), text, TestContext.Current.CancellationToken);
        var refused = await Assert.ThrowsAsync<IOException>(() => OpenAsync(new StoreBounds()));
        Assert.StartsWith($"cannot open the round store {folder.Path("rounds.db")}: ", refused.Message, StringComparison.Ordinal);
    }

    protected override Task<IRoundStore> OpenAsync(StoreBounds bounds)
    {
        try
        {
            return Task.FromResult<IRoundStore>(SqliteRoundStore.Open(folder.Path("rounds.db"), bounds, () => "installation-1"));
        }
        catch (Exception refused) when (refused is InvalidDataException or IOException)
        {
            return Task.FromException<IRoundStore>(refused);
        }
    }
}
