using System.Text.Json.Nodes;
using Kdoctor.Core.Reports;
using Kdoctor.TestKit.Dns;
using Kdoctor.TestKit.Processes;
using Xunit;

namespace Kdoctor.Tests.EndToEnd;

/// <summary>DNS as users ask for it, with the real executable and real servers.</summary>
public sealed class DnsTests
{
    [Fact]
    public async Task D02_D03_a_users_server_is_asked_by_every_agent_and_reported()
    {
        using var datagrams = UdpAnswerer.Always(query => DnsMessage.Answer(query));
        await using var streams = new StreamAnswerer(exchange => exchange.AnswerAllAsync(query => DnsMessage.Answer(query)));
        var result = await KdoctorProcess.RunAsync(["run", "-f", "-", "--nodes", "2", "-o", "json"],
            $"{Manifest("over-udp", "udp", datagrams.EndPoint.Port)}---\n{Manifest("over-tcp", "tcp", streams.EndPoint.Port)}");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(20, datagrams.Received.Count);
        var targets = Targets(result).ToList();
        Assert.Equal(4, targets.Count);
        Assert.Equal(["tcp", "tcp", "udp", "udp"], targets.Select(target => target.Protocol).Order(StringComparer.Ordinal));
        Assert.All(targets, target =>
        {
            Assert.Equal((null, null, "a.test"), (target.Url, target.Method, target.RequestTargetMetrics.Domain));
            Assert.Equal(target.RequestServer, target.RequestTargetMetrics.Server);
            Assert.Equal((10L, 10L, 0L), (target.RequestTargetMetrics.RequestCounts, target.RequestTargetMetrics.SuccessCounts, target.RequestTargetMetrics.FailedCounts));
            Assert.Equal(10, Assert.Single(target.RequestTargetMetrics.ReplyCode!, code => code.Key == "NOERROR").Value);
            Assert.Null(target.RequestTargetMetrics.StatusCodes);
        });
    }

    /// <summary>C1, DNS errors counted as success. Against the defect: any reply is a success, and this round of SERVFAIL alone succeeds with exit code 0.</summary>
    /// <remarks>Seen red: AnswerVerdict of DNS finds nothing wrong with a reply.</remarks>
    [Fact]
    public async Task C1_a_round_of_SERVFAIL_fails_with_its_reason()
    {
        using var server = UdpAnswerer.Always(query => DnsMessage.Answer(query, code: 2));
        var result = await KdoctorProcess.RunAsync(["run", "-f", "-", "--nodes", "1", "-o", "json"], Manifest("broken", "udp", server.EndPoint.Port));
        Assert.Equal(1, result.ExitCode);
        var target = Assert.Single(Targets(result));
        Assert.Equal(10, target.RequestTargetMetrics.Errors["verify: wrong reply code"]);
        Assert.Equal(10, target.RequestTargetMetrics.ReplyCode!["SERVFAIL"]);
        Assert.Contains("SERVFAIL, expected NOERROR", target.RequestTargetMetrics.Samples![0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_server_is_probed_from_the_command_line()
    {
        using var server = UdpAnswerer.Always(query => DnsMessage.Answer(query));
        var result = await KdoctorProcess.RunAsync(["probe", "dns", $"127.0.0.1:{server.EndPoint.Port}", "a.test", "--rate", "100", "--duration", "500ms", "--timeout", "5s", "-o", "json"]);
        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Equal("", result.Errors);
        var found = JsonNode.Parse(result.Output)!;
        Assert.Equal((50, 50, 0), ((int)found["requests"]!["sent"]!, (int)found["answers"]!["NOERROR"]!, (int)found["requests"]!["lost"]!));
        Assert.False((bool)found["load"]!["closedLoop"]!);
        Assert.Equal(50, server.Received.Count);

        var people = await KdoctorProcess.RunAsync(["probe", "dns", $"127.0.0.1:{server.EndPoint.Port}", "a.test", "--rate", "max", "--connections", "4", "--duration", "200ms", "--timeout", "5s"]);
        Assert.True(people.ExitCode == 0, people.Errors);
        Assert.Contains("a closed loop of 4 requests under way", people.Output, StringComparison.Ordinal);
        Assert.Contains("NOERROR", people.Output, StringComparison.Ordinal);
    }

    private static IEnumerable<TargetReport> Targets(KdoctorResult result) =>
        result.Reports().SelectMany(report => report.Report.LatestRoundReport).SelectMany(agent => agent.TaskNetDns!.RoundTaskDetail);

    private static string Manifest(string name, string protocol, int port) => $$"""
        apiVersion: kdoctor.io/v1beta1
        kind: Netdns
        metadata: {name: {{name}}}
        spec:
          expect: {successRate: 1, meanAccessDelayInMs: 5000}
          request: {durationInSecond: 1, perRequestTimeoutInMS: 900, qps: 10, domain: a.test, protocol: {{protocol}}}
          schedule: {roundNumber: 1, roundTimeoutMinute: 1, schedule: 0 1}
          target: { targetUser: { server: 127.0.0.1, port: {{port}} } }

        """;
}
