using System.CommandLine;
using Kdoctor.Cli.Cluster;
using Kdoctor.Cli.Output;
using Kdoctor.Core.Reports;

namespace Kdoctor.Cli.Reporting;

/// <summary><c>kdoctor report NAME</c>: prints a report that a cluster, or a lab that is up, holds; its verdicts make the exit code.</summary>
internal static class ReportCommand
{
    /// <summary>The command.</summary>
    public static Command Create(CliContext context)
    {
        var name = new Argument<string>("NAME") { Description = "The report's name, netreach-reach-task say, or its task's name where only one task has it." };
        var format = OutputOptions.Format();
        var kubeconfig = OutputOptions.Kubeconfig("The cluster, or the lab, to ask; by default as kubectl chooses.");
        var kubeContext = OutputOptions.Context();
        var noColor = OutputOptions.NoColor();
        var command = new Command("report", "Print the report of a task.") { name, format, kubeconfig, kubeContext, noColor };
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                using var cluster = ClusterClient.FromKubeconfig(parsed.GetValue(kubeconfig), parsed.GetValue(kubeContext), context);
                if (await cluster.ReportAsync(parsed.GetRequiredValue(name), cancellation) is not { } report)
                {
                    await context.Error.WriteLineAsync($"kdoctor: no report {parsed.GetRequiredValue(name)} at {cluster.Server}: {await cluster.WhyNoReportAsync(cancellation)}");
                    return ExitCodes.NoVerdict;
                }
                ReportOutput.Write([report], parsed.GetValue(format), context, parsed.GetValue(noColor));
                return ExitCodes.Of([report]);
            }
            catch (ClusterException refused)
            {
                await context.Error.WriteLineAsync($"kdoctor: {refused.Message}");
                return ExitCodes.NoVerdict;
            }
        });
        return command;
    }
}
