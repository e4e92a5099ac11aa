using System.CommandLine;
using System.CommandLine.Parsing;
using Kdoctor.Core.Reports;

namespace Kdoctor.Core.Arguments;

/// <summary>Runs what a command line asks for.</summary>
public static class Invocation
{
    // What begins with @ is a value like any other: in --body @FILE the command itself reads the file.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    /// <summary>
    /// The exit code; all that is wrong with the arguments is told at once, each on a line: what cannot be read at all, else what breaks a rule.
    /// What ends a command unforeseen is no verdict.
    /// </summary>
    /// <param name="root">The whole command.</param>
    /// <param name="program">Its name.</param>
    /// <param name="arguments">What was given.</param>
    /// <param name="configuration">Its streams.</param>
    public static async Task<int> RunAsync(RootCommand root, string program, string[] arguments, InvocationConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentValues.CheckFirst(root);
        var parsed = root.Parse(arguments, Parsing);
        if (parsed.Errors.Count == 0)
            return await InvokeAsync(parsed, program, configuration).ConfigureAwait(false);
        foreach (var problem in Problems(parsed))
            await configuration.Error.WriteLineAsync($"{program}: {problem}").ConfigureAwait(false);
        await configuration.Error.WriteLineAsync($"See '{PathOf(parsed.CommandResult, program)} --help'.").ConfigureAwait(false);
        return ExitCodes.Usage;
    }

    // The library would print the exception, and end with the code of a failed round.
    private static async Task<int> InvokeAsync(ParseResult parsed, string program, InvocationConfiguration configuration)
    {
        configuration.EnableDefaultExceptionHandler = false;
        configuration.Output = new StandardOutput(configuration.Output);
        try
        {
            return await parsed.InvokeAsync(configuration).ConfigureAwait(false);
        }
        catch (OutputException error)
        {
            Tell(configuration.Error, $"{program}: {error.Message}");
        }
        catch (OperationCanceledException)
        {
            // Interrupted.
        }
#pragma warning disable CA1031 // Whatever it is: a script must not take it for a failed round.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Tell(configuration.Error, $"{program}: ended by an error that is its own fault; please report it: {error}");
        }
        return ExitCodes.NoVerdict;
    }

    private static void Tell(TextWriter error, string line)
    {
        try
        {
            error.WriteLine(line);
        }
        catch (IOException)
        {
            // Nobody can be told; the exit code stands.
        }
    }

    private static IEnumerable<string> Problems(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (command.Action is not null || command.Subcommands.Count == 0)
            return parsed.Errors.Select(error => error.Message);
        var known = string.Join(", ", command.Subcommands.Select(part => part.Name));
        return [parsed.UnmatchedTokens is [var word, ..] ? $"{word}: is no command; there are {known}" : $"a command is missing; there are {known}"];
    }

    private static string PathOf(CommandResult command, string program) =>
        command.Parent is CommandResult parent ? $"{PathOf(parent, program)} {command.Command.Name}" : program;
}
