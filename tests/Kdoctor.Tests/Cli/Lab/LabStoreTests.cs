using Kdoctor.Core.Reports;
using Xunit;

namespace Kdoctor.Tests.Cli.Lab;

public sealed class LabStoreTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("kdoctor-test-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    /// <remarks>Seen red: "ended by an error that is its own fault; please report it", and thirty lines of stack.</remarks>
    [Theory]
    [InlineData("rounds.db")]
    [InlineData("objects.db")]
    public async Task A_file_that_is_no_store_any_more_is_named_in_a_line_that_says_what_to_do(string file)
    {
        await File.WriteAllTextAsync(Path.Combine(root, "lock"), "", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(root, file), "This is the 1st sentence of a letter, and no database at all.", TestContext.Current.CancellationToken);
        var run = await CliRun.OfAsync(["up", "--nodes", "0", "--listen", "127.0.0.1:0", "--data", root]);
        Assert.Equal(ExitCodes.NoVerdict, run.ExitCode);
        var line = Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Matches($"^kdoctor: cannot open the (round|object) store {Path.Combine(root, file)}: .*not a database.* or name another folder with --data$", line);
    }
}
