using System.Text.Json.Nodes;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Tasks.Manifests;
using Kdoctor.Tests.Cli;
using Kdoctor.TestKit;
using Xunit;

namespace Kdoctor.Tests.Core.Tasks;

/// <summary>Each Wrong/NAME.yaml has the exact lines of its problems beside it in Wrong/NAME.expected.txt.</summary>
public sealed class WrongManifestTests
{
    private static readonly string Folder = Repository.Path("tests/Kdoctor.Tests/Core/Tasks/Wrong");

    public static TheoryData<string> Names =>
        [.. Directory.EnumerateFiles(Folder, "*.yaml").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_problem_is_told_at_once_with_its_line(string name)
    {
        var run = CliRun.Of(["validate", "-f", Path.Combine(Folder, name + ".yaml")]);

        Assert.Equal(Expected(name), run.Output.Replace(Folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal));
        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Error);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Admission_refuses_the_same_documents_in_the_same_words(string name)
    {
        var file = ManifestReader.Read(File.ReadAllText(Path.Combine(Folder, name + ".yaml")));
        var lines = Expected(name).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        foreach (var document in file.Documents)
        {
            if (document.ToJson() is not JsonObject json)
                continue;
            var before = json.ToJsonString();
            var problems = TaskReader.Read(json, TaskLimits.Default).Problems;

            Assert.Equal(before, json.ToJsonString());
            Assert.All(problems, problem => Assert.Null(problem.Line));
            Assert.All(problems, problem => Assert.Contains(lines, line => line.EndsWith(": " + problem.InField, StringComparison.Ordinal)));
            Assert.Equal(TaskReader.Read(document, TaskLimits.Default).Problems.Length, problems.Length);
        }
    }

    [Fact]
    public void There_are_at_least_forty_of_them() => Assert.True(Names.Count >= 40);

    private static string Expected(string name) => File.ReadAllText(Path.Combine(Folder, name + ".expected.txt"));
}
