using Kdoctor.TestKit;
using Xunit;

namespace Kdoctor.Tests.Cli.Validating;

public sealed class ValidateCommandTests : IDisposable
{
    private const string Good = "apiVersion: kdoctor.io/v1beta1\nkind: NetReach\nmetadata: {name: a}\n";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kdoctor-validate-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_valid_file_says_so_and_ends_with_0()
    {
        var path = Write("a.yaml", Good + "---\n" + Good.Replace("name: a", "name: b", StringComparison.Ordinal));

        Assert.Equal(new CliRun(0, $"{path}: 2 tasks are valid\n", ""), CliRun.Of(["validate", "-f", path]));
    }

    /// <summary>Seen red: only the lab's limits were known, higher and lower than those of an installation.</summary>
    [Fact]
    public void The_settings_of_an_installation_decide_what_it_allows()
    {
        var settings = Write("settings.txt", "limits: {netReachRequestMaxQPS: 50}\n");
        var wrong = Write("wrong.txt", "limits: {netReachRequestMaxQps: 50}\n");
        var reach = Good + "spec: {request: {qps: 50}}\n";
        var health = Good.Replace("NetReach", "AppHttpHealthy", StringComparison.Ordinal) + "spec:\n  target: {host: 'http://127.0.0.1/', method: GET}\n";

        Assert.Equal(2, CliRun.Of(["validate", "-f", "-"], reach).ExitCode);
        Assert.Equal(new CliRun(0, "-: 1 task is valid\n", ""), CliRun.Of(["validate", "-f", "-", "--settings", settings], reach));
        Assert.Equal(0, CliRun.Of(["validate", "-f", "-"], health).ExitCode);
        var refused = CliRun.Of(["validate", "-f", "-", "--settings", settings], health);
        Assert.Equal(2, refused.ExitCode);
        Assert.StartsWith("-:5: spec.target.host: is \"127.0.0.1\", which leads to 127.0.0.1, a loopback address", refused.Output, StringComparison.Ordinal);
        var unread = CliRun.Of(["validate", "-f", "-", "--settings", wrong], reach);
        Assert.Equal((2, true), (unread.ExitCode, unread.Output.StartsWith($"{wrong}:1: limits.netReachRequestMaxQps: is not a known field", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_standard_input_is_called_dash()
    {
        Assert.Equal(new CliRun(0, "-: 1 task is valid\n", ""), CliRun.Of(["validate", "-f", "-"], Good));
        Assert.StartsWith("-:1: apiVersion: is required", CliRun.Of(["validate", "-f", "-"], "{}").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_read_by_name_and_other_files_are_left()
    {
        var second = Write("b.json", """{"apiVersion": "kdoctor.io/v1beta1", "kind": "NetReach", "metadata": {"name": "b"}}""");
        var first = Write("a.yml", Good);
        Write("notes.txt", "not a manifest");

        var run = CliRun.Of(["validate", "-f", folder.FullName]);

        Assert.Equal(new CliRun(0, $"{first}: 1 task is valid\n{second}: 1 task is valid\n", ""), run);
    }

    [Fact]
    public void One_wrong_file_does_not_hide_the_others()
    {
        var good = Write("good.yaml", Good);
        var missing = Path.Combine(folder.FullName, "missing.yaml");

        var run = CliRun.Of(["validate", "-f", missing, "-f", good]);

        Assert.Equal(new CliRun(2, $"{missing}: there is no such file; check the path and its permissions\n{good}: 1 task is valid\n", ""), run);
    }

    [Fact]
    public void An_empty_folder_is_a_mistake()
    {
        var run = CliRun.Of(["validate", "-f", folder.FullName]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("the folder holds no *.yaml, *.yml or *.json file", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_UTF8_is_a_mistake()
    {
        var path = Path.Combine(folder.FullName, "latin.yaml");
        File.WriteAllBytes(path, [0x61, 0x3a, 0x20, 0xe4, 0x0a]);

        Assert.Equal(new CliRun(2, $"{path}: the file is not UTF-8; save it as UTF-8\n", ""), CliRun.Of(["validate", "-f", path]));
    }

    [Fact]
    public void A_huge_file_is_refused_without_reading_it_whole()
    {
        var path = Write("huge.yaml", "a: " + new string('x', 3 * 1024 * 1024));

        var run = CliRun.Of(["validate", "-f", path]);

        Assert.Equal(new CliRun(2, $"{path}:1: the file is longer than 1048576 bytes, the most that is read; split it into several files\n", ""), run);
    }

    [Fact]
    public void Without_a_file_the_command_line_is_wrong() => Assert.NotEqual(0, CliRun.Of(["validate"]).ExitCode);

    public static TheoryData<string> Examples { get; } = [.. Repository.Files("examples", "")];

    [Theory, MemberData(nameof(Examples))]
    public void Every_example_is_valid(string file)
    {
        var path = Repository.Path(file);

        Assert.Equal(new CliRun(0, $"{path}: 1 task is valid\n", ""), CliRun.Of(["validate", "-f", path]));
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
