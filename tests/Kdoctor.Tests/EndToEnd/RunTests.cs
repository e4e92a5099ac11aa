using Kdoctor.Core.Reports;
using Kdoctor.TestKit.Processes;
using Xunit;

namespace Kdoctor.Tests.EndToEnd;

/// <summary>The main job, as a new user does it: the real executable, real sockets, one machine.</summary>
public sealed class RunTests
{
    [Fact]
    public async Task The_example_succeeds_with_21_targets_of_exactly_100_requests()
    {
        var result = await KdoctorProcess.RunAsync(["run", "-f", "examples/netreach.yaml", "-o", "json"]);

        Assert.True(result.ExitCode == 0, result.ToString());
        var targets = Targets(result, agents: 3);
        Assert.Equal(21, targets.Count);
        Assert.Equal(9, targets.Count(target => target.Channel == "podIP"));
        Assert.Equal(3, targets.Count(target => target.Channel == "clusterIP"));
        Assert.Equal(9, targets.Count(target => target.Channel == "nodePort"));
        Assert.All(targets, target => AssertWhole(target, requests: 100, tps: 10));
    }

    [Fact]
    public async Task Every_channel_and_both_families_succeed()
    {
        var result = await KdoctorProcess.RunAsync(["run", "-f", "examples/netreach-all-channels.yaml", "-o", "json"]);

        Assert.True(result.ExitCode == 0, result.ToString());
        var targets = Targets(result, agents: 3);
        // Of each family: three pods, three nodes, and one address of the service, the load balancer and the ingress.
        Assert.Equal(3 * 2 * 9, targets.Count);
        Assert.Equal(
            ["clusterIP", "ingress", "loadBalancer", "nodePort", "podIP"],
            targets.Select(target => target.Channel).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.All(targets, target => AssertWhole(target, requests: 100, tps: 10));
    }

    [Fact]
    public async Task A_wrong_manifest_is_told_whole_and_exits_2()
    {
        var result = await KdoctorProcess.RunAsync(["run", "-f", "-"], """
            apiVersion: kdoctor.io/v1beta1
            kind: NetReach
            metadata: {name: wrong}
            spec:
              request: {qps: 21, durationInSecond: 0}
            """);

        Assert.Equal(2, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.Contains("-:5: spec.request.qps:", result.Errors, StringComparison.Ordinal);
        Assert.Contains("-:5: spec.request.durationInSecond:", result.Errors, StringComparison.Ordinal);
    }

    private static List<TargetReport> Targets(KdoctorResult result, int agents)
    {
        var report = Assert.Single(result.Reports());
        Assert.Equal(agents, report.Report.LatestRoundReport.Count);
        Assert.All(report.Report.LatestRoundReport, agent => Assert.Equal("succeed", agent.RoundResult));
        Assert.Equal("Finished", report.Status.Status);

        // What stands before all agents led to each of them, by every address; the others have nothing to lead to, or are free to choose.
        Assert.All(report.Report.Channels, channel => Assert.Equal(
            channel.Channel is "podIP" or "ingress" ? null : new BackendsReport(Ready: agents, Covered: channel.Targets, Missing: 0, Undecided: 0), channel.Backends));
        Assert.Contains(report.Report.Channels, channel => channel.Backends is not null);
        return [.. report.Report.LatestRoundReport.SelectMany(agent => agent.Measurements!.RoundTaskDetail)];
    }

    private static void AssertWhole(TargetReport target, long requests, double tps)
    {
        var metrics = target.RequestTargetMetrics;
        Assert.True(target.RequestSucceed, $"{target.Name}: {target.FailureReason}");
        Assert.Equal(requests, metrics.RequestCounts);
        Assert.Equal(requests, metrics.SuccessCounts);
        Assert.Empty(metrics.Errors);
        Assert.False(metrics.ExistsNotSendRequests);
        Assert.InRange(metrics.Tps!.Value, tps * 0.9, tps * 1.1);
        Assert.True(metrics.Latencies!.MeanInMs > 0 && metrics.Latencies.P50InMs > 0 && metrics.Latencies.MinInMs > 0, $"{target.Name} has a zero latency");
        // An echo tells who answered: every answer is accounted for.
        Assert.Equal(requests, metrics.Backends!.Values.Sum());
    }
}
