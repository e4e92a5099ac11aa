using System.Globalization;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Controller.ReportApi;

/// <summary>What a report is asked for: a task, or one of its rounds.</summary>
/// <param name="Task">The task.</param>
/// <param name="Round">The round; null for the latest.</param>
internal readonly record struct ReportKey(TaskKey Task, int? Round = null);

/// <summary>Which task and round a report's name means.</summary>
internal static class ReportNames
{
    public static string Of(ReportKey key) => KdoctorReport.NameOf(key.Task.Kind.ToString(), key.Task.Name, key.Round);

    public static string Of(TaskKey key) => Of(new ReportKey(key));

    /// <summary>
    /// The task whose report has this name; else the only task that has this name itself; with a colon and a number, a round of it. Null when there is
    /// neither, or when tasks of several kinds have it: then only a report's full name says which is meant.
    /// </summary>
    public static ReportKey? Find(string name, Func<TaskKey, bool> exists)
    {
        if (name.Split(':') is [var task, var digits])
            return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var round) && FindTask(task, exists) is { } of ? new ReportKey(of, round) : null;
        return FindTask(name, exists) is { } found ? new ReportKey(found) : null;
    }

    private static TaskKey? FindTask(string name, Func<TaskKey, bool> exists)
    {
        foreach (var kind in Enum.GetValues<TaskKind>())
        {
            var prefix = KdoctorReport.NameOf(kind.ToString(), "");
            if (name.StartsWith(prefix, StringComparison.Ordinal) && new TaskKey(kind, name[prefix.Length..]) is var key && exists(key))
                return key;
        }
        return Called(name, exists) is [var only] ? only : null;
    }

    /// <summary>Which reports to ask for where tasks of several kinds have this name; null where they do not.</summary>
    public static string? InsteadOf(string name, Func<TaskKey, bool> exists) => Called(name.Split(':')[0], exists) switch
    {
        { Count: > 1 } called => $"{called.Count} tasks are called {called[0].Name}: ask for {string.Join(" or ", called.Select(Of))}",
        _ => null,
    };

    private static List<TaskKey> Called(string name, Func<TaskKey, bool> exists) =>
        [.. Enum.GetValues<TaskKind>().Select(kind => new TaskKey(kind, name)).Where(exists)];
}
