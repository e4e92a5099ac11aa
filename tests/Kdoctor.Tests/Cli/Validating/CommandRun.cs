using System.CommandLine;
using Kdoctor.Cli.Crds;
using Kdoctor.Cli.Validating;

namespace Kdoctor.Tests.Cli.Validating;

/// <summary>One run of the commands without a process.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    public static CommandRun Of(string[] arguments, string input = "")
    {
        using var standardInput = new StringReader(input);
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var root = new RootCommand { ValidateCommand.Create(standardInput), CrdsCommand.Create() };
        var exitCode = root.Parse(arguments).Invoke(new InvocationConfiguration { Output = output, Error = error });
        return new CommandRun(exitCode, output.ToString(), error.ToString());
    }
}
