using System.Text.Json.Nodes;
using Kdoctor.Cli.Manifests;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Cli.Running;

/// <summary>The tasks of the files that a command line names.</summary>
internal static class RunManifests
{
    /// <summary>Reads all files; the tasks are complete only when there are no problem lines.</summary>
    /// <param name="paths">The files, <c>-</c> for <paramref name="input"/>.</param>
    /// <param name="input">The standard input.</param>
    /// <param name="changes">What is changed in every task.</param>
    /// <param name="limits">What the place allows, as far as it is known here.</param>
    public static RunFiles Read(IReadOnlyCollection<string> paths, TextReader input, RunChanges changes, TaskLimits limits)
    {
        var tasks = new List<RunTask>();
        var objects = new List<CompanionObject>();
        var problems = new List<string>();
        foreach (var manifest in ManifestFiles.Read(paths, input))
        {
            if (manifest.Problem is { } unreadable)
            {
                problems.Add(unreadable);
                continue;
            }
            var file = TaskFile.Read(manifest.Text, limits);
            problems.AddRange(file.Problems.Select(problem => problem.InFile(manifest.Name)));
            objects.AddRange(file.Objects);
            tasks.AddRange(file.Readings.Where(reading => reading.Task is not null).Select(reading => RunTask.Of(reading, changes)));
        }
        problems.AddRange(tasks
            .GroupBy(task => task.ReportName, StringComparer.Ordinal)
            .Where(group => group.Count() > 1)
            .Select(group => $"{group.Key}: {group.Count()} files hold a task of this kind and name; give each task a name of its own"));
        problems.AddRange(objects
            .GroupBy(item => item.Reference)
            .Where(group => group.Count() > 1)
            .Select(group => $"{group.Key}: {group.Count()} files hold it; keep one"));
        if (tasks.Count == 0 && problems.Count == 0)
            problems.Add($"{string.Join(", ", paths)}: there is no task to run; add one of {string.Join(", ", Enum.GetNames<TaskKind>())}");
        return new RunFiles(tasks, objects, problems);
    }
}

/// <summary>What the files hold.</summary>
/// <param name="Tasks">The tasks.</param>
/// <param name="Objects">The Secrets and ConfigMaps beside them.</param>
/// <param name="Problems">Every problem as a line; nothing is to be run when there is one.</param>
internal sealed record RunFiles(IReadOnlyList<RunTask> Tasks, IReadOnlyList<CompanionObject> Objects, IReadOnlyList<string> Problems);

/// <summary>What the command line changes in every task.</summary>
/// <param name="Now">Whether the first round starts at once, whatever the schedule.</param>
/// <param name="Rounds">How many rounds to run; null for as many as the manifest says.</param>
internal sealed record RunChanges(bool Now, int? Rounds);

/// <summary>A task to run.</summary>
/// <param name="Definition">As it was read.</param>
/// <param name="Document">What is sent to the API server.</param>
internal sealed record RunTask(TaskDefinition Definition, JsonObject Document)
{
    /// <summary>The kind as paths of the API spell it.</summary>
    public string Plural => Definition.Kind switch
    {
        TaskKind.NetReach => "netreaches",
        TaskKind.AppHttpHealthy => "apphttphealthies",
        TaskKind.Netdns => "netdnses",
        _ => throw new InvalidOperationException($"no plural for {Definition.Kind}"),
    };

    /// <summary>The name of its report.</summary>
    public string ReportName => Core.Reports.KdoctorReport.NameOf(Definition.Kind.ToString(), Definition.Name);

    public static RunTask Of(TaskReading reading, RunChanges changes)
    {
        var document = reading.Defaulted!.DeepClone().AsObject();
        if (changes.Rounds is { } rounds)
            document["spec"]!["schedule"]!["roundNumber"] = rounds;
        if (changes.Now)
        {
            var metadata = document["metadata"]!.AsObject();
            if (metadata["annotations"] is not JsonObject annotations)
                metadata["annotations"] = annotations = [];
            annotations[TaskReader.StartAnnotation] = "now";
        }
        return new RunTask(reading.Task!, document);
    }
}
