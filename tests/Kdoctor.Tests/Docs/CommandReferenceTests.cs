using Kdoctor.TestKit;
using Xunit;

namespace Kdoctor.Tests.Docs;

public sealed class CommandReferenceTests
{
    [Fact]
    public void The_reference_of_commands_is_what_the_command_says()
    {
        var path = Repository.Path("docs/reference/commands.md");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, CommandReference.Write());
        Assert.True(CommandReference.Write() == File.ReadAllText(path),
            "docs/reference/commands.md is behind the command: run this test with UPDATE_GOLDEN=1 in the environment, and look at the difference");
    }

    /// <remarks>Seen red: a default was the name of the host, and the page right on that host alone.</remarks>
    [Fact]
    public void Nothing_in_it_is_of_the_machine_on_which_it_was_written() =>
        Assert.DoesNotContain($"| `{Environment.MachineName}` |", CommandReference.Write(), StringComparison.Ordinal);
}
