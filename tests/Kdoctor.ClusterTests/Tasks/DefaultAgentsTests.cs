using Kdoctor.ClusterTests.Installed;
using Kdoctor.Core.Reports;
using Xunit;

namespace Kdoctor.ClusterTests.Tasks;

/// <summary>The default agents with one task of each kind, and with several at once (cases E13 to E18).</summary>
[Collection(InstalledTurns.Name)]
public sealed class DefaultAgentsTests(DefaultAgentsRun run) : IClassFixture<DefaultAgentsRun>
{
    private static readonly string[] AtOnce = [.. new[] { "netreach", "apphttphealthy", "netdns" }.SelectMany(kind => new[] { $"first-{kind}", $"second-{kind}" })];

    // Every agent, every node's port and the Service.
    private int MeshTargets => (2 * run.Agents) + 1;

    [Fact]
    public void E13_one_NetReach_on_the_default_agents() => Reaches("one-netreach");

    [Fact]
    public void E14_one_AppHttpHealthy_on_the_default_agents() => Asks("one-apphttphealthy");

    [Fact]
    public void E15_one_Netdns_on_the_default_agents() => Resolves("one-netdns");

    [Fact]
    public void E16_several_NetReach_at_once_on_the_default_agents()
    {
        Reaches("first-netreach");
        Reaches("second-netreach");
        TogetherWithAll("first-netreach", "second-netreach");
    }

    [Fact]
    public void E17_several_AppHttpHealthy_at_once_on_the_default_agents()
    {
        Asks("first-apphttphealthy");
        Asks("second-apphttphealthy");
        TogetherWithAll("first-apphttphealthy", "second-apphttphealthy");
    }

    [Fact]
    public void E18_several_Netdns_at_once_on_the_default_agents()
    {
        Resolves("first-netdns");
        Resolves("second-netdns");
        TogetherWithAll("first-netdns", "second-netdns");
    }

    private void Reaches(string task)
    {
        Assert.All(Succeeded(task), agent => Assert.Equal(MeshTargets, agent.Measurements!.RoundTaskDetail.Count));
        Assert.Equal(run.Agents * MeshTargets * DefaultAgentsRun.PerTarget, run.ServedTo(task));
    }

    private void Asks(string task)
    {
        Assert.All(Succeeded(task), agent => Assert.Equal("200", Assert.Single(Assert.Single(agent.Measurements!.RoundTaskDetail).RequestTargetMetrics.StatusCodes!).Key));
        Assert.Equal(run.Agents * DefaultAgentsRun.PerTarget, run.ServedTo(task));
    }

    private void Resolves(string task) => Assert.All(Succeeded(task), agent =>
        Assert.Equal(DefaultAgentsRun.PerTarget, Assert.Single(agent.Measurements!.RoundTaskDetail).RequestTargetMetrics.ReplyCode!["NOERROR"]));

    // Every agent of the DaemonSet that all tasks share took part, and each target got every request.
    private IReadOnlyList<AgentReport> Succeeded(string task)
    {
        var report = run.ReportOf(task);
        Assert.True(report.LatestRound!.Status == "succeed", $"{task}: {report.LatestRound.Summary}");
        Assert.Equal(run.Agents, report.LatestRoundReport.Count);
        Assert.All(report.LatestRoundReport, agent => Assert.StartsWith("kdoctor-agent-", agent.PodName, StringComparison.Ordinal));
        Assert.All(report.LatestRoundReport.SelectMany(agent => agent.Measurements!.RoundTaskDetail), target => Assert.Equal(DefaultAgentsRun.PerTarget, target.RequestTargetMetrics.SuccessCounts));
        return report.LatestRoundReport;
    }

    // There was a moment at which all of them ran, these two for certain among them, and every agent says what it was asked for by all together.
    private void TogetherWithAll(params string[] tasks)
    {
        Assert.All(tasks, task => Assert.Contains(task, AtOnce));
        Assert.True(AtOnce.Max(Began) < AtOnce.Min(Ended), string.Join('\n', AtOnce.Select(task => $"{task}: {Began(task):O} to {Ended(task):O}")));
        Assert.All(tasks.SelectMany(task => run.ReportOf(task).LatestRoundReport), agent =>
            Assert.Equal(new RunningLoad(2 * DefaultAgentsRun.Qps, 2 * DefaultAgentsRun.Qps * MeshTargets, 2 * DefaultAgentsRun.Qps), agent.Measurements!.RunningLoadTotal));
    }

    private DateTimeOffset Began(string task) => Metrics(task).Min(metrics => metrics.RequestStartTime!.Value);

    private DateTimeOffset Ended(string task) => Metrics(task).Max(metrics => metrics.RequestEndTime!.Value);

    private IEnumerable<TargetMetrics> Metrics(string task) => run.ReportOf(task).LatestRoundReport.SelectMany(agent => agent.Measurements!.RoundTaskDetail).Select(target => target.RequestTargetMetrics);
}
