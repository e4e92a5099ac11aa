using System.Globalization;
using Kdoctor.TestKit.Processes;
using Xunit;

namespace Kdoctor.Tests.EndToEnd;

/// <summary>A hundred agents in one process. It fills two cores, so it runs alone: <c>--filter-trait area=mesh</c>.</summary>
[Trait("area", "mesh")]
public sealed class MeshTests
{
    private const double MostMegabytes = 600;

    [Fact]
    public async Task A_full_mesh_of_a_hundred_agents_is_counted_whole_in_bounded_memory_and_never_wrongly_red()
    {
        var result = await KdoctorProcess.RunAsync(["run", "-f", "-", "--nodes", "100", "-o", "json"], """
            apiVersion: kdoctor.io/v1beta1
            kind: NetReach
            metadata: {name: mesh}
            spec:
              request: {durationInSecond: 10, perRequestTimeoutInMS: 1500, qps: 1}
              schedule: {roundNumber: 1, roundTimeoutMinute: 1, schedule: 0 1}
              target: {clusterIP: false, nodePort: false}
            """);
        var report = Assert.Single(result.Reports());
        var agents = report.Report.LatestRoundReport;
        var requests = report.Report.LatestRound!.Requests!;

        Assert.Equal(100, agents.Count);
        Assert.Equal(100_000, requests.Planned);
        Assert.Equal(requests.Planned, requests.Sent + requests.Unsent);
        Assert.All(agents, agent => Assert.Equal(100, agent.Measurements!.RoundTaskDetail.Count));
        Assert.InRange(agents.Max(agent => Megabytes(agent.Measurements!.SystemResource.MaxMemory!)), 1, MostMegabytes);
        // Where the machine had two cores to itself the round succeeds; where not, the agents take the blame.
        if (agents.All(agent => agent.AgentOverload is null))
            Assert.Equal((0, 100_000), (result.ExitCode, requests.Succeeded));
        else
            Assert.NotEqual("fail", report.Report.LatestRound.Status);
    }

    private static double Megabytes(string text) => double.Parse(text.Replace("MB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
}
