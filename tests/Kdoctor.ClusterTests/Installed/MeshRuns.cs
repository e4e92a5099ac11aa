using System.Globalization;
using Kdoctor.Core.Reports;
using Kdoctor.TestKit.Contract;
using Xunit;

namespace Kdoctor.ClusterTests.Installed;

/// <summary>NetReach tasks over the agents' own addresses, where every measurement belongs to one pair of nodes.</summary>
public static class MeshRuns
{
    private const int Attempts = 3;

    /// <summary>
    /// Runs one round to its end and takes the task away again. A round in which a machine was too busy to keep an agent's timetable proves nothing, as its
    /// report says itself, and is run again.
    /// </summary>
    /// <param name="kubectl">Where.</param>
    /// <param name="name">The task's name.</param>
    /// <param name="seconds">How long requests are sent.</param>
    /// <param name="qps">Requests per second from each agent to each other.</param>
    /// <param name="meanwhile">What happens once the round has begun; null for nothing.</param>
    /// <param name="timeoutInMS">How long a request may take: by default longer than a busy machine needs.</param>
    public static async Task<KdoctorReport> RunAsync(Kubectl kubectl, string name, int seconds, int qps, Func<Task>? meanwhile = null, int timeoutInMS = 1500)
    {
        for (var attempt = 1; ; attempt++)
        {
            var report = await OnceAsync(kubectl, $"{name}-{attempt}", seconds, qps, meanwhile, timeoutInMS);
            if (attempt == Attempts || meanwhile is not null || report.Report.LatestRoundReport.All(agent => agent.AgentOverload is null))
                return report;
        }
    }

    /// <summary>Success rates by pair: who asked, on which node, and who was asked.</summary>
    public static IReadOnlyDictionary<(string From, string To), double> Rates(KdoctorReport report)
    {
        var rates = new Dictionary<(string From, string To), double>();
        foreach (var agent in report.Report.LatestRoundReport)
        {
            foreach (var target in agent.Measurements?.RoundTaskDetail ?? [])
                rates[(agent.NodeName, target.DestinationNode!)] = target.RequestSucceedRate ?? double.NaN;
        }
        return rates;
    }

    /// <summary>A round after everything was healed succeeds.</summary>
    public static async Task HealedAsync(Kubectl kubectl, string name)
    {
        var report = await RunAsync(kubectl, name, seconds: 3, qps: 10);
        Assert.True(report.Report.LatestRound!.Status == "succeed", report.Report.LatestRound.Summary);
    }

    private static async Task<KdoctorReport> OnceAsync(Kubectl kubectl, string name, int seconds, int qps, Func<Task>? meanwhile, int timeoutInMS)
    {
        var manifest = string.Create(CultureInfo.InvariantCulture, $$"""
            apiVersion: kdoctor.io/v1beta1
            kind: NetReach
            metadata: {name: {{name}}}
            spec:
              request: {durationInSecond: {{seconds}}, qps: {{qps}}, perRequestTimeoutInMS: {{timeoutInMS}}}
              schedule: {roundNumber: 1, roundTimeoutMinute: 1, schedule: 0 1}
              target: {clusterIP: false, nodePort: false}
            """);
        try
        {
            var applied = await kubectl.RunWithInputAsync(manifest, "apply", "-f", "-");
            Assert.True(applied.ExitCode == 0, applied.All);
            if (meanwhile is not null)
            {
                await StatusAsync(kubectl, name, "ongoing");
                await meanwhile();
            }
            await Waiting.UntilAsync($"round 1 of {name} ends", async () => (await kubectl.RunAsync("get", "netreach", name, "-o", "jsonpath={.status.finish}")).Output, finish => finish == "true");
            return await ServedReports.ReadAsync(kubectl, $"netreach-{name}");
        }
        finally
        {
            await kubectl.RunAsync("delete", "netreach", name, "--ignore-not-found");
        }
    }

    private static Task<string> StatusAsync(Kubectl kubectl, string name, string wanted) => Waiting.UntilAsync(
        $"the round of {name} is {wanted}",
        async () => (await kubectl.RunAsync("get", "netreach", name, "-o", "jsonpath={.status.history[0].status}")).Output,
        status => status == wanted);
}
