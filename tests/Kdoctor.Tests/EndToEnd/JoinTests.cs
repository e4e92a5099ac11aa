using Kdoctor.TestKit.Processes;
using Xunit;

namespace Kdoctor.Tests.EndToEnd;

/// <summary>An agent in a process of its own joins a lab, takes part, and dies.</summary>
public sealed class JoinTests : IDisposable
{
    private readonly string data = Directory.CreateTempSubdirectory("kdoctor-join-").FullName;

    public void Dispose() => Directory.Delete(data, recursive: true);

    [Fact]
    public async Task An_agent_that_dies_in_mid_round_is_listed_as_silent_and_every_other_result_is_there()
    {
        Assert.SkipUnless(TestKit.Contract.Kubectl.Exists("kubectl"), "kubectl is not installed");
        await using var lab = await RunningLab.StartAsync(Path.Combine(data, "lab"), nodes: 2);
        using var kubectl = lab.Kubectl("kubectl");
        await using var agent = await JoinAsync(lab);
        await kubectl.RunWithInputAsync("""
            apiVersion: kdoctor.io/v1beta1
            kind: NetReach
            metadata: {name: mortal}
            spec:
              request: {durationInSecond: 4, qps: 5, perRequestTimeoutInMS: 500}
              schedule: {roundNumber: 1, roundTimeoutMinute: 1, schedule: 0 1}
              target: {clusterIP: false, nodePort: false}
            """, "apply", "-f", "-");

        // The second event after the round's begin is the agents' first word of it: the load is on its way.
        var events = 0;
        await kubectl.FollowAsync(
            _ => true, () => Task.CompletedTask, line => line.Contains("OnGoing", StringComparison.Ordinal) && ++events == 2, "get", "kdoctorreport", "-w");
        await agent.KillAsync();
        await RunningLab.FinishedAsync(kubectl, "netreach", "mortal");

        var report = await RunningLab.ReportAsync(kubectl, "mortal");
        Assert.Equal("fail", report.Report.LatestRound!.Status);
        Assert.Equal(["joined"], report.Report.LatestRound.SilentAgents);
        var (silent, others) = (report.Report.LatestRoundReport.Single(agent => agent.PodName == "joined"), report.Report.LatestRoundReport.Where(agent => agent.PodName != "joined").ToList());
        Assert.Equal("silent", silent.AgentState);
        Assert.Null(silent.Measurements);
        Assert.Equal(2, others.Count);
        foreach (var target in others.SelectMany(other => other.Measurements!.RoundTaskDetail))
        {
            Assert.Equal(20, target.RequestTargetMetrics.RequestCounts);
            if (target.DestinationAgent != "joined")
                Assert.Equal(20, target.RequestTargetMetrics.SuccessCounts);
            else
                Assert.Contains("connect: refused", target.RequestTargetMetrics.Errors.Keys);
        }
    }

    private static async Task<KdoctorProcess> JoinAsync(RunningLab lab)
    {
        var arguments = lab.JoinLine[(lab.JoinLine.IndexOf("kdoctor agent", StringComparison.Ordinal) + "kdoctor ".Length)..].Split(' ');
        var agent = KdoctorProcess.Start([.. arguments, "--name", "joined", "--node", "elsewhere", "--listen", "127.0.0.9", "--id", "joined-1"]);
        await agent.ErrorLineAsync("has joined");
        return agent;
    }
}
