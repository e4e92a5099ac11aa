using System.CommandLine;
using System.CommandLine.Parsing;
using Kdoctor.Cli.Lab;
using Kdoctor.Cli.Output;

namespace Kdoctor.Cli.Running;

/// <summary>What the user chose for <c>kdoctor run</c>.</summary>
internal sealed record RunChoices(
    IReadOnlyList<string> Files, int Nodes, OutputFormat Format, bool Now, int? Rounds, string? Kubeconfig, string? Context, bool NoColor)
{
    /// <summary>Whether the tasks run in a cluster and not in a lab.</summary>
    public bool InCluster => Kubeconfig is not null || Context is not null;
}

/// <summary>The options of <c>kdoctor run</c>.</summary>
internal sealed class RunOptions
{
    private readonly Option<string[]> files = new("--filename", "-f")
    {
        Description = "A manifest file, a folder of them, or - for the standard input. May be given several times.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<int> nodes = new("--nodes")
    {
        Description = $"How many nodes, each with an agent, the lab has: 1 to {LabOptions.MaxNodes}.",
        HelpName = "N",
        DefaultValueFactory = _ => LabOptions.DefaultNodes,
    };

    private readonly Option<bool> now = new("--now") { Description = "Start the first round of every task at once, whatever its schedule says." };

    private readonly Option<int?> rounds = new("--rounds")
    {
        Description = "How many rounds to run of every task, in place of its roundNumber.",
        HelpName = "N",
    };

    private readonly Option<OutputFormat> format = OutputOptions.Format();
    private readonly Option<string?> kubeconfig = OutputOptions.Kubeconfig("Run in the cluster that this file names, which must have kdoctor installed; the tasks and their reports are deleted at the end.");
    private readonly Option<string?> context = OutputOptions.Context();
    private readonly Option<bool> noColor = OutputOptions.NoColor();

    public IEnumerable<Option> All => [files, nodes, now, rounds, format, kubeconfig, context, noColor];

    /// <summary>All that is wrong with the choices, at once.</summary>
    public void Check(CommandResult result)
    {
        var given = result.GetResult(nodes);
        if (given is { Implicit: false } && given.GetValueOrDefault<int>() is (< 1 or > LabOptions.MaxNodes) and var wrong)
            result.AddError($"--nodes {wrong}: a lab has 1 to {LabOptions.MaxNodes} nodes");
        if (result.GetResult(rounds)?.GetValueOrDefault<int?>() is < 1 and var few)
            result.AddError($"--rounds {few}: at least one round must run");
        if ((result.GetResult(kubeconfig) ?? result.GetResult(context)) is not null && given is { Implicit: false })
            result.AddError("--nodes is for the lab; a cluster has the nodes that it has: leave it out with --kubeconfig or --context");
    }

    public RunChoices Read(ParseResult parsed) => new(
        parsed.GetValue(files) ?? [],
        parsed.GetValue(nodes),
        parsed.GetValue(format),
        parsed.GetValue(now),
        parsed.GetValue(rounds),
        parsed.GetValue(kubeconfig),
        parsed.GetValue(context),
        parsed.GetValue(noColor));
}
