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
        Assert.True(report.History.Count == 2 && report.LatestRound!.RoundNumber == 2, Rounds(task));
        Assert.All(report.History, round =>
        {
            Assert.True(round.ExpectedAgents == run.Agents && round.ReportedAgents == run.Agents, Rounds(task));

            // A machine that was too busy to keep an agent's timetable proves nothing, and the round says so.
            var busy = round.Status == "unknown" && round.Summary!.Contains("could not prove all", StringComparison.Ordinal);
            Assert.True(round.Status == "succeed" || busy, Rounds(task));
        });
    }

    [Theory]
    [InlineData("simple-http")]
    [InlineData("crontab-http")]
    public void C03_C04_the_server_saw_both_rounds_whole(string task)
    {
        var rounds = run.ReportOf(task).Report.History;
        Assert.True(rounds.Sum(round => round.Requests!.Planned) == 2 * run.Agents * KindsRun.PerAgent, Rounds(task));
        Assert.True(rounds.All(round => round.Requests!.Unreported == 0), Rounds(task));
        Assert.True(run.ServedTo(task) == rounds.Sum(round => round.Requests!.Sent), $"the server saw {run.ServedTo(task)} requests\n{Rounds(task)}");
    }

    private string Rounds(string task) => string.Join('\n', run.ReportOf(task).Report.History.Select(round => $"{task} round {round.RoundNumber}, due {round.DueTimeStamp:O}: {round}"));
}
