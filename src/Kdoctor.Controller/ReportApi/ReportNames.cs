using Kdoctor.Controller.Reconciling;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Controller.ReportApi;

/// <summary>Which task a report's name means.</summary>
internal static class ReportNames
{
    public static string Of(TaskKey key) => KdoctorReport.NameOf(key.Kind.ToString(), key.Name);

    /// <summary>
    /// The task whose report has this name; else the only task that has this name itself. Null when there is neither, or when tasks of
    /// several kinds have it: then only a report's full name says which is meant.
    /// </summary>
    public static TaskKey? Find(string name, Func<TaskKey, bool> exists)
    {
        foreach (var kind in Enum.GetValues<TaskKind>())
        {
            var prefix = KdoctorReport.NameOf(kind.ToString(), "");
            if (name.StartsWith(prefix, StringComparison.Ordinal) && new TaskKey(kind, name[prefix.Length..]) is var key && exists(key))
                return key;
        }
        var bare = Enum.GetValues<TaskKind>().Select(kind => new TaskKey(kind, name)).Where(exists).ToList();
        return bare is [var only] ? only : null;
    }
}
