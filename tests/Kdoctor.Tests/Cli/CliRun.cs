using Kdoctor.Cli;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Kdoctor.Tests.Cli;

/// <summary>One run of the whole command in this process: its exit code and all that it said.</summary>
internal sealed record CliRun(int ExitCode, string Output, string Error)
{
    /// <summary>What a command is given that has no terminal, no input, no environment, and a clock that stands.</summary>
    public static CliContext Context() => new()
    {
        Time = new FakeTimeProvider(),
        Chance = new Random(1),
        Input = TextReader.Null,
        Output = TextWriter.Null,
        Error = TextWriter.Null,
        OutputIsTerminal = false,
        ErrorIsTerminal = false,
        Environment = _ => null,
        Logs = () => NullLoggerFactory.Instance,
    };

    public static CliRun Of(string[] arguments, string input = "") => OfAsync(arguments, input).GetAwaiter().GetResult();

    /// <param name="arguments">The command line.</param>
    /// <param name="input">What its standard input has.</param>
    /// <param name="time">The clock; null for one that stands.</param>
    public static async Task<CliRun> OfAsync(string[] arguments, string input = "", TimeProvider? time = null)
    {
        using var standardInput = new StringReader(input);
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var exitCode = await CommandLine.InvokeAsync(arguments, Context() with { Time = time ?? new FakeTimeProvider(), Input = standardInput, Output = output, Error = error });
        return new CliRun(exitCode, output.ToString(), error.ToString());
    }
}
