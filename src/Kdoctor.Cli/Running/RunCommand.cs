using System.CommandLine;
using Kdoctor.Cli.Cluster;
using Kdoctor.Cli.Lab;
using Kdoctor.Cli.Output;
using Kdoctor.Cli.Screen;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Cli.Running;

/// <summary>
/// <c>kdoctor run -f FILE</c>: runs tasks, shows their progress and prints their reports.
/// 1. The manifests are read; any problem ends it here.
/// 2. The place is made ready: a lab of its own, or the cluster that a kubeconfig names.
/// 3. The tasks run to their end, or until the user has had enough.
/// 4. The reports are printed, and their verdicts make the exit code.
/// </summary>
internal static class RunCommand
{
    /// <summary>The command.</summary>
    public static Command Create(CliContext context)
    {
        var options = new RunOptions();
        var command = new Command("run", "Run the tasks of manifest files in a lab on this machine, or with --kubeconfig or --context in that cluster, and print their reports.");
        foreach (var option in options.All)
            command.Add(option);
        command.Validators.Add(options.Check);
        command.SetAction((parsed, cancellation) => RunAsync(options.Read(parsed), context, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(RunChoices choices, CliContext context, CancellationToken cancellation)
    {
        // 1. The manifests. What a cluster allows, its controller's settings say, and its API server judges by them.
        var files = RunManifests.Read(choices.Files, context.Input, new RunChanges(choices.Now, choices.Rounds), choices.InCluster ? TaskLimits.Unjudged : TaskLimits.Lab);
        if (files.Problems.Count > 0)
        {
            foreach (var problem in files.Problems)
                await context.Error.WriteLineAsync(problem);
            return ExitCodes.Usage;
        }

        var live = new LiveScreen(context.ErrorConsole(choices.NoColor), context.ErrorIsTerminal, context.Time);
        try
        {
            // 2. The place.
            if (choices.InCluster)
            {
                using var cluster = ClusterClient.FromKubeconfig(choices.Kubeconfig, choices.Context, context);
                return await FollowAsync(cluster, files, live, choices, context, cancellation);
            }
            if (LabHint.Of(context.Environment, File.Exists) is { } hint)
                await context.Error.WriteLineAsync(hint);
            live.Say($"starting a lab with {ScreenNumbers.Counted(choices.Nodes, "agent")}");
            await using var lab = await Lab.Lab.StartAsync(new LabOptions { Nodes = choices.Nodes }, context, cancellation);
            return await FollowAsync(lab.Cluster, files, live, choices, context, cancellation);
        }
        catch (Exception refused) when (refused is LabException or ClusterException)
        {
            live.Clear();
            await context.Error.WriteLineAsync($"kdoctor: {refused.Message}");
            return ExitCodes.NoVerdict;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            live.Clear();
            await context.Error.WriteLineAsync("kdoctor: interrupted");
            return ExitCodes.NoVerdict;
        }
    }

    private static async Task<int> FollowAsync(
        ClusterClient cluster, RunFiles files, LiveScreen live, RunChoices choices, CliContext context, CancellationToken cancellation)
    {
        var latest = new Dictionary<string, KdoctorReport>(StringComparer.Ordinal);
        var run = new TaskRun(cluster, files, new ControllerWait(context.Time, live.Tell), report =>
        {
            latest[report.Metadata.Name] = report;
            live.Show(latest.Values);
        });
        IReadOnlyList<KdoctorReport> reports;
        bool interrupted;
        try
        {
            // 3. The tasks run.
            interrupted = await InterruptedAsync(run, cancellation);

            // 4. The reports, also those of a run that was cut short: what was measured is the user's. Who had enough waits for nobody.
            reports = await run.ReportsAsync(waits: !interrupted, CancellationToken.None);
        }
        finally
        {
            live.Clear();
            if (choices.InCluster)
                await LeaveNothingAsync(run, context);
        }
        ReportOutput.Write(reports, choices.Format, context, choices.NoColor);
        return interrupted ? ExitCodes.NoVerdict : ExitCodes.Of(reports);
    }

    // Follows the tasks to their end; true when the user had enough before.
    private static async Task<bool> InterruptedAsync(TaskRun run, CancellationToken cancellation)
    {
        try
        {
            await run.FollowAsync(cancellation);
            return false;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return true;
        }
    }

    // What ended the run, and its verdict, are told in any case; what could not be removed, beside them.
    private static async Task LeaveNothingAsync(TaskRun run, CliContext context)
    {
        foreach (var left in await run.CleanUpAsync(CancellationToken.None))
            await context.Error.WriteLineAsync($"kdoctor: what this run made may still be there: {left}");
    }
}
