using Kdoctor.Cli.Cluster;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Cli.Running;

/// <summary>
/// Runs tasks on a Kubernetes API, the lab's or a cluster's, and follows them to their end.
/// 1. The tasks are made, and before them the objects that stand beside them.
/// 2. Their reports are watched, from the state that they are in, and shown until every task has run all its rounds.
/// 3. The whole reports are read once more, for watch events are brief while a round runs.
/// </summary>
/// <param name="cluster">Where.</param>
/// <param name="files">What to run.</param>
/// <param name="wait">The patience with a controller that does not answer.</param>
/// <param name="show">Told of every report that changed.</param>
internal sealed class TaskRun(ClusterClient cluster, RunFiles files, ControllerWait wait, Action<KdoctorReport> show)
{
    private readonly List<CompanionObject> madeObjects = [];
    private readonly List<RunTask> madeTasks = [];
    private readonly HashSet<string> unfinished = [.. files.Tasks.Select(task => task.ReportName)];

    /// <summary>Runs all tasks to their end.</summary>
    /// <exception cref="ClusterException">The API refused a task, or does not answer.</exception>
    /// <exception cref="OperationCanceledException">The user had enough: <see cref="ReportsAsync"/> tells how far it came.</exception>
    public async Task FollowAsync(CancellationToken cancellation)
    {
        // 1. The objects and the tasks.
        foreach (var item in files.Objects)
        {
            await cluster.CreateObjectAsync(item, cancellation);
            madeObjects.Add(item);
        }
        foreach (var task in files.Tasks)
        {
            await cluster.CreateTaskAsync(task.Plural, task.Document, cancellation);
            madeTasks.Add(task);
        }

        // 2. Until all are finished.
        await foreach (var report in cluster.WatchReportsAsync(wait, cancellation))
        {
            if (!unfinished.Contains(report.Metadata.Name))
                continue;
            show(report);
            if (IsFinished(report) && unfinished.Remove(report.Metadata.Name) && unfinished.Count == 0)
                return;
        }
    }

    /// <summary>3. The reports of all tasks as they are now, in the order of the manifest; a task without one is left out.</summary>
    /// <exception cref="ClusterException">The API refused, or does not answer, for as long as there is patience where <paramref name="waits"/>.</exception>
    public async Task<IReadOnlyList<KdoctorReport>> ReportsAsync(bool waits, CancellationToken cancellation)
    {
        var reports = new List<KdoctorReport>();
        foreach (var task in files.Tasks)
        {
            Task<ReportAnswer> AskAsync() => cluster.ReportAsync(task.ReportName, cancellation);
            if ((waits ? await wait.AnswerAsync(AskAsync, cancellation) : await AskAsync()).Report is { } report)
                reports.Add(report);
        }
        return reports;
    }

    /// <summary>Deletes the tasks and the objects that this run made, and none that was there before; tells what may be left, and why.</summary>
    public async Task<IReadOnlyList<string>> CleanUpAsync(CancellationToken cancellation)
    {
        var left = new List<string>();
        async Task TryAsync(string what, Task deletion)
        {
            try
            {
                await deletion;
            }
            catch (ClusterException refused)
            {
                left.Add($"{what}: {refused.Message}");
            }
        }

        foreach (var task in madeTasks)
            await TryAsync($"{task.Definition.Kind} {task.Definition.Name}", cluster.DeleteTaskAsync(task.Plural, task.Definition.Name, cancellation));
        foreach (var item in madeObjects)
            await TryAsync(item.Reference.ToString(), cluster.DeleteObjectAsync(item, cancellation));
        return left;
    }

    private static bool IsFinished(KdoctorReport report) =>
        report.Status.TotalRoundNumber >= 0 && report.Status.RoundFinishedNumber >= report.Status.TotalRoundNumber;
}
