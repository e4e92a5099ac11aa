using System.Text.Json.Nodes;
using Kdoctor.TestKit;
using Kdoctor.TestKit.Dns;
using Kdoctor.TestKit.Processes;
using Xunit;

namespace Kdoctor.Tests.EndToEnd;

/// <summary>The agent as it is published, compiled ahead of time, in a real lab.</summary>
public sealed class NativeAgentTests : IDisposable
{
    private const long IdleMaxBytes = 40L * 1024 * 1024;

    private readonly string data = Directory.CreateTempSubdirectory("kdoctor-native-").FullName;

    public void Dispose() => Directory.Delete(data, recursive: true);

    [Fact]
    public async Task The_published_agent_probes_one_target_as_the_command_does()
    {
        var program = Path.Combine(Repository.Root, "out", "kdoctor-agent");
        Assert.SkipUnless(File.Exists(program), "out/kdoctor-agent is not there: eng/publish.sh makes it");
        using var server = UdpAnswerer.Always(query => DnsMessage.Answer(query));
        await using var probe = KdoctorProcess.StartProgram(program, ["probe", "dns", $"127.0.0.1:{server.EndPoint.Port}", "a.test", "--rate", "100", "--duration", "200ms", "--timeout", "20s", "-o", "json"]);
        var result = await probe.EndAsync();
        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Equal(20, (int)JsonNode.Parse(result.Output)!["answers"]!["NOERROR"]!);
        Assert.Equal(20, server.Received.Count);
    }

    [Fact]
    public async Task The_published_agent_joins_a_lab_takes_part_in_a_round_and_stays_small()
    {
        var program = Path.Combine(Repository.Root, "out", "kdoctor-agent");
        Assert.SkipUnless(File.Exists(program), "out/kdoctor-agent is not there: eng/publish.sh makes it");
        Assert.SkipUnless(TestKit.Contract.Kubectl.Exists("kubectl"), "kubectl is not installed");
        await using var lab = await RunningLab.StartAsync(Path.Combine(data, "lab"), nodes: 2);
        using var kubectl = lab.Kubectl("kubectl");
        var arguments = lab.JoinLine[(lab.JoinLine.IndexOf("kdoctor agent", StringComparison.Ordinal) + "kdoctor agent ".Length)..].Split(' ');
        await using var agent = KdoctorProcess.StartProgram(program, [.. arguments, "--name", "native", "--node", "elsewhere", "--listen", "127.0.0.9", "--id", "native-1"]);
        await agent.ErrorLineAsync("has joined");
        Assert.InRange(agent.ResidentBytes, 1, IdleMaxBytes);

        await kubectl.RunWithInputAsync("""
            apiVersion: kdoctor.io/v1beta1
            kind: NetReach
            metadata: {name: native}
            spec:
              request: {durationInSecond: 2, qps: 10, perRequestTimeoutInMS: 2000}
              schedule: {roundNumber: 1, roundTimeoutMinute: 1, schedule: 0 1}
              expect: {meanAccessDelayInMs: 2000}
              target: {clusterIP: false, nodePort: false}
            """, "apply", "-f", "-");
        await RunningLab.FinishedAsync(kubectl, "netreach", "native");

        var report = await RunningLab.ReportAsync(kubectl, "native");
        Assert.Equal("succeed", report.Report.LatestRound!.Status);
        var page = report.Report.LatestRoundReport.Single(agent => agent.PodName == "native");
        Assert.Equal("reported", page.AgentState);
        Assert.All(page.Measurements!.RoundTaskDetail, target => Assert.Equal(20, target.RequestTargetMetrics.SuccessCounts));
        Assert.Contains(report.Report.LatestRoundReport.Where(other => other.PodName != "native").SelectMany(other => other.Measurements!.RoundTaskDetail), target => target.DestinationAgent == "native" && target.RequestTargetMetrics.SuccessCounts == 20);
        Assert.InRange(agent.ResidentBytes, 1, IdleMaxBytes);
    }
}
