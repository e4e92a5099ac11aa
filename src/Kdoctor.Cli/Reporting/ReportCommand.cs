using System.CommandLine;
using Kdoctor.Cli.Cluster;
using Kdoctor.Cli.Output;
using Kdoctor.Core.Reports;

namespace Kdoctor.Cli.Reporting;

/// <summary><c>kdoctor report NAME</c>: prints a report that a cluster, or a lab that is up, holds; its verdicts, or that of the one round asked for, make the exit code.</summary>
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
        var round = new Option<int?>("--round")
        {
            Description = "Print one of its rounds, by its number, in place of the latest. An installation keeps 1000 rounds of a task and 30 days.", HelpName = "NUMBER",
        };
        round.Validators.Add(parsed =>
        {
            if (parsed.GetValue(round) is { } number and < 1)
                parsed.AddError($"--round is {number}; rounds are numbered from 1");
        });
        var command = new Command("report", "Print the report of a task.") { name, round, format, kubeconfig, kubeContext, noColor };
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                using var cluster = ClusterClient.FromKubeconfig(parsed.GetValue(kubeconfig), parsed.GetValue(kubeContext), context);
                var wanted = KdoctorReport.RoundOf(parsed.GetRequiredValue(name), parsed.GetValue(round));
                var answer = await cluster.ReportAsync(wanted, cancellation);
                if (answer.Report is not { } report)
                {
                    await context.Error.WriteLineAsync($"kdoctor: no report {wanted} at {cluster.Server}: {answer.Advice}");
                    return ExitCodes.NoVerdict;
                }
                ReportOutput.Write([report], parsed.GetValue(format), context, parsed.GetValue(noColor));
                return wanted.Contains(':', StringComparison.Ordinal) ? ExitCodes.OfRound(report) : ExitCodes.Of([report]);
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
