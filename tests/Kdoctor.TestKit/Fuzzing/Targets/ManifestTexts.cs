using System.Text;
using Kdoctor.Core.Tasks;
using Xunit;

namespace Kdoctor.TestKit.Fuzzing.Targets;

/// <summary>Manifests of users: tasks, or problems that each fit into a line.</summary>
public static class ManifestTexts
{
    public static FuzzTarget Target { get; } = new("manifest", bytes => Takes(Encoding.UTF8.GetString(bytes)), () =>
        Repository.Files("examples", ".yaml").Concat(Repository.Files("tests/Kdoctor.Tests/Core/Tasks/Wrong", ".yaml")).Select(file => File.ReadAllBytes(Repository.Path(file))));

    /// <summary>Reads a manifest: true when it has no problem.</summary>
    public static bool Takes(string text)
    {
        var file = TaskFile.Read(text, TaskLimits.Default);
        Assert.True(file.Problems.Length > 0 || file.Readings.All(reading => reading.Task is not null), text);
        Assert.All(file.Problems, problem => Assert.False(problem.InFile("f").Any(char.IsControl), problem.InFile("f")));
        return file.Problems.IsEmpty;
    }
}
