using Kdoctor.Cli.Lab;
using Kdoctor.Core.Planning.Budgets;
using Kdoctor.Core.Reports;
using Kdoctor.TestKit.Dns;
using Kdoctor.TestKit.Rude;
using Xunit;

namespace Kdoctor.Tests.EndToEnd;

/// <summary>Several tasks at once on the same agents.</summary>
public sealed class ManyTasksTests
{
    private const string Good = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    [Fact]
    public async Task E18_three_tasks_of_three_kinds_at_once_are_counted_exactly_and_so_is_the_load_of_all()
    {
        await using var web = RudeServer.Start(RudeScripts.Answer(Good));
        using var dns = UdpAnswerer.Always(query => DnsMessage.Answer(query));
        var reports = await LabRun.RunAsync($"{Mesh("mesh", 10)}---\n{Http("web", web.EndPoint.Port, 20)}---\n{Dns("names", dns.EndPoint.Port, 30)}", new LabOptions { Nodes = 2 });

        Assert.Equal(["NetReach", "AppHttpHealthy", "Netdns"], reports.Select(report => report.Task.Kind));
        Assert.All(reports, report => Assert.True(report.Report.LatestRound!.Status == "succeed", report.Report.LatestRound.Summary));

        // Two agents: two pods, two nodes and a service each; two seconds.
        AssertCounts(reports[0], targets: 5, requests: 20);
        AssertCounts(reports[1], targets: 1, requests: 40);
        AssertCounts(reports[2], targets: 1, requests: 60);
        Assert.Equal(2 * 40, web.Accepted);
        Assert.Equal(2 * 60, dns.Received.Count);

        // Over all its tasks, and the same in the report of each: five targets at 10 requests per second, one at 20, one at 30.
        Assert.All(reports.SelectMany(report => report.Report.LatestRoundReport), agent => Assert.Equal(new RunningLoad(20, 50, 30), agent.Measurements!.RunningLoadTotal));
    }

    /// <summary>S8, nothing bounded the sum over tasks. Against the defect: both rounds run at once, neither has waited, and at some time 40 requests per second are sent.</summary>
    /// <remarks>Seen red: BudgetLine lets every round fit.</remarks>
    [Fact]
    public async Task S8_a_budget_that_two_rounds_would_pass_together_is_kept()
    {
        await using var web = RudeServer.Start(RudeScripts.Answer(Good));
        var reports = await LabRun.RunAsync(
            $"{Http("one", web.EndPoint.Port, 10)}---\n{Http("two", web.EndPoint.Port, 10)}", new LabOptions { Nodes = 2, Budgets = new RequestBudgets { Cluster = 30 } });

        Assert.All(reports, report => Assert.Equal("succeed", report.Report.LatestRound!.Status));
        Assert.All(reports, report => AssertCounts(report, targets: 1, requests: 20));
        var inOrder = reports.OrderBy(report => report.Report.LatestRound!.StartTimeStamp).ToList();
        Assert.True(LastSent(inOrder[0]) < FirstSent(inOrder[1]), "the second round began before the first one's load was over");
        Assert.Contains(inOrder[1].Report.Notes, note =>
            note.StartsWith("this round waited ", StringComparison.Ordinal) && note.EndsWith("20 requests per second beside the 20 of other rounds, and 30 are allowed (budgets.clusterMaxQPS)", StringComparison.Ordinal));
        Assert.DoesNotContain(inOrder[0].Report.Notes, note => note.Contains("waited", StringComparison.Ordinal));
    }

    private static void AssertCounts(KdoctorReport report, int targets, long requests)
    {
        Assert.Equal(2, report.Report.LatestRoundReport.Count);
        foreach (var agent in report.Report.LatestRoundReport)
        {
            Assert.Equal(targets, agent.Measurements!.RoundTaskDetail.Count);
            Assert.All(agent.Measurements.RoundTaskDetail, target => Assert.Equal(
                (requests, requests, 0L), (target.RequestTargetMetrics.RequestCounts, target.RequestTargetMetrics.SuccessCounts, target.RequestTargetMetrics.UnsentCounts)));
        }
    }

    private static DateTimeOffset LastSent(KdoctorReport report) => Metrics(report).Max(metrics => metrics.RequestEndTime!.Value);

    private static DateTimeOffset FirstSent(KdoctorReport report) => Metrics(report).Min(metrics => metrics.RequestStartTime!.Value);

    private static IEnumerable<TargetMetrics> Metrics(KdoctorReport report) =>
        report.Report.LatestRoundReport.SelectMany(agent => agent.Measurements!.RoundTaskDetail).Select(target => target.RequestTargetMetrics);

    private static string Mesh(string name, int qps) => Task("NetReach", name, qps, "", "{}");

    private static string Http(string name, int port, int qps) => Task("AppHttpHealthy", name, qps, "", $"{{method: GET, host: 'http://127.0.0.1:{port}/'}}");

    private static string Dns(string name, int port, int qps) => Task("Netdns", name, qps, ", domain: a.test", $"{{targetUser: {{server: 127.0.0.1, port: {port}}}}}");

    private static string Task(string kind, string name, int qps, string request, string target, int seconds = 2) => $$"""
        apiVersion: kdoctor.io/v1beta1
        kind: {{kind}}
        metadata: {name: {{name}}}
        spec:
          request: {durationInSecond: {{seconds}}, perRequestTimeoutInMS: 900, qps: {{qps}}{{request}}}
          schedule: {roundNumber: 1, roundTimeoutMinute: 1, schedule: 0 1}
          target: {{target}}

        """;
}
