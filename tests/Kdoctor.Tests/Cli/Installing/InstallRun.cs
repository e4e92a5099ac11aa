using Kdoctor.Cli;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Kdoctor.Tests.Cli.Installing;

/// <summary>One run of the whole command without a process and without a cluster.</summary>
internal sealed record InstallRun(int ExitCode, string Output, string Error)
{
    public static InstallRun Of(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var exitCode = CommandLine.InvokeAsync(["install", .. arguments], new CliContext
        {
            Time = new FakeTimeProvider(),
            Chance = new Random(1),
            Input = TextReader.Null,
            Output = output,
            Error = error,
            OutputIsTerminal = false,
            ErrorIsTerminal = false,
            Environment = _ => null,
            Logs = () => NullLoggerFactory.Instance,
        }).GetAwaiter().GetResult();
        return new InstallRun(exitCode, output.ToString(), error.ToString());
    }
}
