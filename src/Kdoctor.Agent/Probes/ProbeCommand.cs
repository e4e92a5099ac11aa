using System.CommandLine;

namespace Kdoctor.Agent.Probes;

/// <summary><c>kdoctor probe</c> and <c>kdoctor-agent probe</c>: one target from here.</summary>
public static class ProbeCommand
{
    /// <summary>The command with the kinds of target that it knows.</summary>
    /// <param name="context">What the process gives it.</param>
    public static Command Create(ProbeContext context) => new("probe", "Put load on one target from this machine and print what came back.")
    {
        ProbeDnsCommand.Create(context),
        ProbeHttpCommand.Create(context),
    };
}
