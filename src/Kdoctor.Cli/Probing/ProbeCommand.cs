using System.CommandLine;

namespace Kdoctor.Cli.Probing;

/// <summary><c>kdoctor probe</c>: one target from here.</summary>
internal static class ProbeCommand
{
    /// <summary>The command with the kinds of target that it knows.</summary>
    public static Command Create(CliContext context) => new("probe", "Put load on one target from this machine and print what came back.")
    {
        ProbeDnsCommand.Create(context),
        ProbeHttpCommand.Create(context),
    };
}
