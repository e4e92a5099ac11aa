using Kdoctor.Cli.Screen;
using Kdoctor.Core.Reports;
using Kdoctor.TestKit.Reports;
using Xunit;

namespace Kdoctor.Tests.Cli.Screen;

public sealed class LiveScreenTests
{
    private readonly MeshRound mesh = MeshRound.Of(3);

    [Fact]
    public void Where_nothing_can_be_drawn_over_there_is_a_line_at_the_start_and_one_at_the_end()
    {
        var text = Screens.On(80, false, console =>
        {
            var live = new LiveScreen(console, isTerminal: false, new StillTime(MeshRound.Noon));
            live.Say("starting a lab with 3 agents");
            live.Show([mesh.NotStarted(MeshRound.Noon.AddSeconds(252))]);
            live.Show([Running(100)]);
            live.Show([Running(2000)]);
            live.Show([mesh.Report([.. mesh.Shards()])]);
            live.Clear();
        });
        Assert.Equal("""
            waiting: round 1 of reach-task starts in 4m12s (--now starts it at once)
            reach-task: round 1 of 1 started with 3 agents, ends by 12:01:00Z
            reach-task: round 1 of 1 ended: succeed

            """, text, ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void On_a_terminal_a_line_is_drawn_over_the_last_one_and_taken_away_at_the_end()
    {
        var text = Screens.On(120, true, console =>
        {
            var live = new LiveScreen(console, isTerminal: true, new StillTime(MeshRound.Noon.AddSeconds(6)));
            live.Say("starting a lab with 3 agents");
            live.Show([Running(1050)]);
            live.Show([Running(1050)]);
            live.Show([Running(1575)]);
            live.Clear();
        });
        Assert.Equal(
            "starting a lab with 3 agents\n\u001b[1A\r\u001b[0J"
            + "reach-task round 1 of 1 [##########----------] 1,050/2,100 sent, 1,049 ok, 1 failed, 3/3 agents, 1 done, 5s left\n\u001b[1A\r\u001b[0J"
            + "reach-task round 1 of 1 [###############-----] 1,575/2,100 sent, 1,574 ok, 1 failed, 3/3 agents, 1 done, 5s left\n\u001b[1A\r\u001b[0J", text);
    }

    [Fact]
    public void A_round_that_is_due_and_waits_says_for_what()
    {
        var agents = Waits(new WaitingReport("agents", null, MeshRound.Noon, "round 1 waits for agents, until 12:01:00Z at the latest: no agent is there yet"));
        var budgets = Waits(new WaitingReport("budgets", MeshRound.Noon, MeshRound.Noon, "it asks agent a for 20 requests per second, and 10 are allowed"));
        var text = Screens.On(80, false, console =>
        {
            var live = new LiveScreen(console, isTerminal: false, new StillTime(MeshRound.Noon));
            live.Show([agents]);
            live.Show([agents]);
            live.Show([budgets]);
            live.Show([mesh.NotStarted(MeshRound.Noon)]);
            live.Show([Running(100)]);
        });
        Assert.Equal("""
            waiting: reach-task: round 1 waits for agents, until 12:01:00Z at the latest: no agent is there yet
            waiting: reach-task: round 1 waits for the request budgets: it asks agent a for 20 requests per second, and 10 are allowed
            reach-task: round 1 of 1 started with 3 agents, ends by 12:01:00Z

            """, text, ignoreLineEndingDifferences: true);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(80)]
    [InlineData(200)]
    public void A_line_never_passes_the_terminals_width(int width) =>
        Assert.InRange(LiveLine.Of(Running(1050), MeshRound.Noon.AddSeconds(30), width).Length, 1, width);

    /// <remarks>Seen red: the line was cut in its middle, and 40/40 agents were shown as 0/40.</remarks>
    [Theory]
    [InlineData(112, "reach-task round 1 of 1 [##########----------] 1,050/2,100 sent, 1,049 ok, 1 failed, 3/3 agents, 1 done, 5s left")]
    [InlineData(111, "reach-task round 1 of 1 1,050/2,100 sent, 1,049 ok, 1 failed, 3/3 agents, 1 done, 5s left")]
    [InlineData(80, "reach-task round 1 of 1 1,050/2,100 sent, 1 failed, 3/3 agents, 5s left")]
    [InlineData(60, "reach-task round 1 1,050/2,100 sent, 1 failed, 5s left")]
    [InlineData(40, "reach-task round 1 1 failed, 5s left")]
    [InlineData(20, "1 failed, 5s left")]
    public void A_line_without_room_gives_up_whole_parts_and_failures_and_the_time_left_last(int width, string line) =>
        Assert.Equal(line, LiveLine.Of(Running(1050), MeshRound.Noon.AddSeconds(6), width));

    [Fact]
    public void After_the_last_request_the_deadline_counts() =>
        Assert.EndsWith("collecting, 40s to the deadline", LiveLine.Of(Running(2100), MeshRound.Noon.AddSeconds(20), 200), StringComparison.Ordinal);

    private KdoctorReport Waits(WaitingReport waiting)
    {
        var report = mesh.NotStarted();
        return report with { Status = report.Status with { Waiting = waiting } };
    }

    private KdoctorReport Running(long sent) => mesh.Ongoing(new RoundProgress(2100, sent, sent - 1, 1, 3, 1));

    private sealed class StillTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
