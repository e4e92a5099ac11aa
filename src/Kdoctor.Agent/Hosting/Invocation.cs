using System.CommandLine;
using System.CommandLine.Parsing;
using Kdoctor.Core.Reports;

namespace Kdoctor.Agent.Hosting;

/// <summary>Runs what a command line asks for.</summary>
public static class Invocation
{
    /// <summary>The exit code; all that is wrong with the arguments is told at once, each on a line.</summary>
    /// <param name="root">The whole command.</param>
    /// <param name="program">Its name.</param>
    /// <param name="arguments">What was given.</param>
    /// <param name="configuration">Its streams.</param>
    public static async Task<int> RunAsync(RootCommand root, string program, string[] arguments, InvocationConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(configuration);
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count == 0)
            return await parsed.InvokeAsync(configuration).ConfigureAwait(false);
        foreach (var error in parsed.Errors)
            await configuration.Error.WriteLineAsync($"{program}: {error.Message}").ConfigureAwait(false);
        await configuration.Error.WriteLineAsync($"See '{PathOf(parsed.CommandResult, program)} --help'.").ConfigureAwait(false);
        return ExitCodes.Usage;
    }

    private static string PathOf(CommandResult command, string program) =>
        command.Parent is CommandResult parent ? $"{PathOf(parent, program)} {command.Command.Name}" : program;
}
