using Xunit;

namespace Kdoctor.ClusterTests.Kinds;

/// <summary>The predecessor's cases C01 to C06: every kind by a simple schedule and by a crontab, two rounds each.</summary>
public sealed partial class KindsCases
{
    [Theory]
    [InlineData("simple-reach")]
    [InlineData("crontab-reach")]
    [InlineData("simple-http")]
    [InlineData("crontab-http")]
    [InlineData("simple-dns")]
    [InlineData("crontab-dns")]
    public void C01_C02_C03_C04_C05_C06_both_rounds_of_a_schedule_succeed(string task)
    {
        var report = run.ReportOf(task).Report;
        Assert.Equal(2, report.LatestRound!.RoundNumber);
        Assert.True(report.LatestRound.Status == "succeed", report.LatestRound.Summary);
        Assert.Equal(run.Agents, report.LatestRoundReport.Count);
    }

    [Theory]
    [InlineData("simple-http")]
    [InlineData("crontab-http")]
    public void C03_C04_the_server_saw_both_rounds_whole(string task) => Assert.Equal(2 * run.Agents * KindsRun.PerAgent, run.ServedTo(task));
}
