using Kdoctor.Cli.Lab;
using Xunit;

namespace Kdoctor.Tests.Cli.Lab;

public sealed class LabFolderTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("kdoctor-test-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void One_lab_at_a_time_owns_a_folder()
    {
        using var folder = LabFolder.Open(root);
        var refused = Assert.Throws<LabException>(() => LabFolder.Open(root));
        Assert.Contains("another kdoctor is using it", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_free_again_after_its_lab()
    {
        LabFolder.Open(root).Dispose();
        LabFolder.Open(root).Dispose();
    }

    [Fact]
    public void A_folder_with_somebody_elses_files_is_left_as_it_is()
    {
        File.WriteAllText(Path.Combine(root, "letter.txt"), "");
        File.SetUnixFileMode(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead);
        var before = File.GetUnixFileMode(root);
        var refused = Assert.Throws<LabException>(() => LabFolder.Open(root));
        Assert.Contains("it holds files and is none of kdoctor's", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.GetUnixFileMode(root));
    }

    [Fact]
    public void A_secret_is_made_once_long_enough_and_for_its_owner_only()
    {
        using var folder = LabFolder.Open(root);
        var secret = folder.Secret("token");
        Assert.Equal(64, secret.Length);
        Assert.Equal(secret, folder.Secret("token"));
        Assert.NotEqual(secret, folder.Secret("other"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.Path("token")));
    }

    [Fact]
    public void A_lab_without_a_folder_leaves_nothing_behind()
    {
        string path;
        using (var folder = LabFolder.Open(null))
            path = folder.Path("");
        Assert.False(Directory.Exists(path));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_said_so()
    {
        File.WriteAllText(Path.Combine(root, "file"), "");
        Assert.Throws<LabException>(() => LabFolder.Open(Path.Combine(root, "file", "below")));
    }
}
