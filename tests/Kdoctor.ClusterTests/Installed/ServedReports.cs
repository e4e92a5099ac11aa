using Kdoctor.Core.Reports;
using Kdoctor.TestKit.Contract;
using Kdoctor.TestKit.Processes;

namespace Kdoctor.ClusterTests.Installed;

/// <summary>Reports through the API server, which answers 503 for them from when a controller goes until it has noticed the one that follows.</summary>
internal static class ServedReports
{
    private const string Nobody = "(ServiceUnavailable)";

    /// <summary>A report, held against its schema, as soon as somebody serves it.</summary>
    public static async Task<KdoctorReport> ReadAsync(Kubectl kubectl, string name)
    {
        var answer = await Waiting.UntilAsync(
            $"the report {name} is served", () => kubectl.RunAsync("get", "kdoctorreport", name, "-o", "json"), answer => !answer.Error.Contains(Nobody, StringComparison.Ordinal));
        return RunningLab.ReportOf(answer);
    }
}
