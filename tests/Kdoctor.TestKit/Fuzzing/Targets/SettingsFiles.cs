using System.Text;
using Kdoctor.Controller.Settings;
using Xunit;

namespace Kdoctor.TestKit.Fuzzing.Targets;

/// <summary>An installer's settings: all of them, or problems that each fit into a line.</summary>
public static class SettingsFiles
{
    public static FuzzTarget Target { get; } = new("settings", Takes, () =>
        new[] { "", "maximumQPS:\n  netReach: 50\n", "targets:\n  allow: [127.0.0.0/8, fe80::/10]\n  deny: [10.0.0.1]\n", "budgets: {agentQPS: 10, totalQPS: 1e2}\n# end\n" }.Select(Encoding.UTF8.GetBytes));

    private static bool Takes(byte[] bytes)
    {
        var read = SettingsReader.Read(Encoding.UTF8.GetString(bytes));
        Assert.Equal(read.Settings is null, !read.Problems.IsEmpty);
        Assert.All(read.Problems, problem => Assert.False(problem.InFile("f").Any(char.IsControl), problem.InFile("f")));
        return read.Settings is not null;
    }
}
