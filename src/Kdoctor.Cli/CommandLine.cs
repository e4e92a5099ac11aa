using System.CommandLine;
using Kdoctor.Agent.Apps;
using Kdoctor.Agent.Hosting;
using Kdoctor.Agent.Probes;
using Kdoctor.Cli.Crds;
using Kdoctor.Cli.Installing;
using Kdoctor.Cli.Lab;
using Kdoctor.Cli.Reporting;
using Kdoctor.Cli.Running;
using Kdoctor.Cli.Validating;
using Kdoctor.Controller.Serving;
using Kdoctor.Core.Arguments;

namespace Kdoctor.Cli;

/// <summary>The command <c>kdoctor</c>: what it can be asked.</summary>
internal static class CommandLine
{
    // How long an interrupted command may take to clean up after itself, a cluster's tasks among it, before it is ended by force.
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(30);

    /// <summary>The whole command.</summary>
    public static RootCommand Create(CliContext context) => new("""
        Finds out whether every corner of a cluster can reach what it must reach, and says what is broken.

        Exit codes: 0 every round succeeded, 1 a round failed, 2 the command line or a manifest is wrong, 3 no verdict.
        """)
    {
        RunCommand.Create(context),
        UpCommand.Create(context),
        ProbeCommand.Create(new ProbeContext(context.Time, context.Chance, context.Output, context.Error, context.ErrorIsTerminal)),
        ValidateCommand.Create(context.Input),
        ReportCommand.Create(context),
        InstallCommand.Create(context),
        UninstallCommand.Create(context),
        CrdsCommand.Create(),
        AgentCommand.Create(context.Time, context.Chance, context.Environment),
        ServeCommand.Create(context.Time),
        ControllerCommand.Create(context.Time, context.Chance),
    };

    /// <summary>Runs what the arguments ask for; all that is wrong with them is told at once.</summary>
    public static Task<int> InvokeAsync(string[] arguments, CliContext context) => Invocation.RunAsync(
        Create(context with { Output = new StandardOutput(context.Output) }),
        "kdoctor",
        arguments,
        new InvocationConfiguration { Output = context.Output, Error = context.Error, ProcessTerminationTimeout = EndsWithin });
}
