using System.Globalization;
using System.Net;
using System.Text.Json;
using Kdoctor.Core.Reports;
using Kdoctor.TestKit.Processes;
using Kdoctor.TestKit.Reports;
using Kdoctor.TestKit.Rude;
using Xunit;

namespace Kdoctor.Tests.EndToEnd;

/// <summary>What goes wrong at the other end, seen through the whole of kdoctor: each fault fails the round, under its own name.</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task A_closed_port_is_refused()
    {
        using var closed = new ClosedPort();
        await AssertFailsAsync(closed.EndPoint, "connect: refused");
    }

    [Fact]
    public async Task A_black_hole_times_out_while_connecting()
    {
        using var hole = new BlackHole();
        await AssertFailsAsync(hole.EndPoint, "connect: timed out");
    }

    [Fact]
    public async Task A_reset_is_a_reset()
    {
        await using var server = RudeServer.Start(RudeScripts.ResetAfter("HTTP/1.1 200 OK\r\n"));
        await AssertFailsAsync(server.EndPoint, "body: reset");
    }

    [Fact]
    public async Task A_silent_server_times_out_before_the_first_byte()
    {
        await using var server = RudeServer.Start(RudeScripts.Silent());
        await AssertFailsAsync(server.EndPoint, "first byte: timed out");
    }

    [Fact]
    public async Task A_503_is_a_wrong_status()
    {
        await using var server = RudeServer.Start(RudeScripts.Answer("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"));
        await AssertFailsAsync(server.EndPoint, "verify: wrong status");
    }

    [Fact]
    public async Task A_slow_server_fails_the_mean_delay_though_every_request_succeeds()
    {
        await using var server = RudeServer.Start(async connection =>
        {
            await connection.ReadRequestAsync();
            // The slowness itself is what is tested: there is no event to wait for.
            await Task.Delay(TimeSpan.FromMilliseconds(60), TestKit.ApiServer.Clock.Real);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
        var target = await FailAsync(server.EndPoint);
        Assert.Equal(1, target.RequestSucceedRate);
        Assert.Matches(@"^mean delay [\d.]+ ms is above the expected 50 ms$", target.FailureReason!);
        Assert.Equal(target.RequestMeanDelay, target.RequestTargetMetrics.Latencies!.MeanInMs);
    }

    private static async Task AssertFailsAsync(IPEndPoint server, string error)
    {
        var target = await FailAsync(server);
        Assert.Equal([error], target.RequestTargetMetrics.Errors.Keys);
        Assert.Equal(target.RequestTargetMetrics.RequestCounts, target.RequestTargetMetrics.FailedCounts);
        Assert.Null(target.RequestTargetMetrics.Latencies);
        Assert.Contains(error, target.FailureReason!, StringComparison.Ordinal);
        Assert.Contains(target.RequestTargetMetrics.Samples!, sample => sample.Error == error);
    }

    private static async Task<TargetReport> FailAsync(IPEndPoint server)
    {
        var manifest = string.Create(CultureInfo.InvariantCulture, $$"""
            apiVersion: kdoctor.io/v1beta1
            kind: AppHttpHealthy
            metadata: {name: fault}
            spec:
              target: {host: "http://{{server}}/", method: GET}
              request: {durationInSecond: 1, qps: 4, perRequestTimeoutInMS: 800}
              expect: {meanAccessDelayInMs: 50, successRate: 1}
              schedule: {roundNumber: 1, roundTimeoutMinute: 1, schedule: 0 1}
            """);
        var result = await KdoctorProcess.RunAsync(["run", "-f", "-", "--nodes", "1", "-o", "json"], manifest);
        Assert.True(result.ExitCode is 1 or 3, $"exit {result.ExitCode}\n{result.Errors}\n{result.Output}");
        ReportSchema.AssertValid(result.Output);
        var report = JsonSerializer.Deserialize(result.Output, ReportJson.Default.KdoctorReport)!;
        var agent = Assert.Single(report.Report.LatestRoundReport);
        // On a machine too busy for the agent to keep its timetable, slowness proves nothing, and nothing else may be claimed.
        Assert.True(report.Report.LatestRound!.Status == "fail" || agent.AgentOverload is not null, result.Output);
        return Assert.Single(agent.Measurements!.RoundTaskDetail);
    }
}
