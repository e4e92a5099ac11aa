using Kdoctor.Cli.Screen;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Results;
using Kdoctor.TestKit.Reports;
using Xunit;

namespace Kdoctor.Tests.Cli.Screen;

public sealed class ReportScreenTests
{
    [Theory]
    [InlineData("healthy-3", "✔ PASS ")]
    [InlineData("broken-pair", "✖ FAIL ")]
    [InlineData("left-out", "? UNKNOWN ")]
    [InlineData("not-started", "? UNKNOWN ")]
    [InlineData("ongoing", "… ONGOING ")]
    public void The_first_word_is_the_verdict(string name, string start) =>
        Assert.StartsWith(start, Screens.Of(ScreenReports.All[name].Value, 120), StringComparison.Ordinal);

    /// <summary>Against the defect: the verdict of an earlier spec is read as that of the task as it is now.</summary>
    /// <remarks>Seen red: VerdictLine does not look at generations.</remarks>
    [Fact]
    public void A_verdict_of_an_earlier_spec_says_so()
    {
        const string Remark = "it says nothing of the task as it is now: the spec was changed since, from generation 1 to 2";
        var report = ScreenReports.All["healthy-3"].Value;
        Assert.DoesNotContain(Remark, Screens.Of(report, 120), StringComparison.Ordinal);
        Assert.Contains(Remark, Screens.Of(report with { Status = report.Status with { TaskGeneration = 2 } }, 120), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_colour_there_is_no_escape_and_with_it_the_same_words()
    {
        foreach (var report in ScreenReports.All.Values)
        {
            var plain = Screens.Of(report.Value, 100);
            Assert.DoesNotContain('\u001b', plain);
            var coloured = Screens.Of(report.Value, 100, colour: true);
            Assert.Contains('\u001b', coloured);
            Assert.Equal(Trimmed(plain), Trimmed(Screens.WithoutEscapes(coloured)));
        }
    }

    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(200)]
    public void No_line_is_wider_than_the_terminal(int width)
    {
        foreach (var report in ScreenReports.All.Values)
            Assert.All(Screens.Of(report.Value, width).Split('\n'), line => Assert.InRange(Page.Cells(line), 0, width));
    }

    [Theory]
    [InlineData(120, "channel family targets requests failed p50 ms p90 ms p99 ms max ms")]
    [InlineData(64, "channel family targets requests failed p50 ms p99 ms max ms")]
    [InlineData(60, "channel family requests failed p50 ms p99 ms max ms")]
    [InlineData(50, "channel family requests failed p99 ms max ms")]
    [InlineData(42, "channel requests failed p99 ms max ms")]
    public void A_narrow_screen_goes_without_columns_and_breaks_no_row(int width, string columns)
    {
        var lines = Screens.Of(ScreenReports.All["healthy-3"].Value, width).Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToList();
        var head = lines.IndexOf(columns);
        Assert.True(head > 0, string.Join('\n', lines));
        Assert.StartsWith("podIP ", lines[head + 1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_cannot_move_the_cursor_fake_a_line_or_be_read_as_markup()
    {
        const string Evil = "[red]x[/] \u001b[2J\u001b]0;owned\u0007\r\n✔ PASS \u202e\u009b31m";
        var good = ScreenReports.All["broken-pair"].Value;
        var agents = good.Report.LatestRoundReport;
        var evil = good with
        {
            Task = good.Task with { Name = Evil },
            Report = good.Report with
            {
                LatestRound = good.Report.LatestRound! with { Summary = Evil },
                LatestRoundReport = [agents[0] with { PodName = Evil, NodeName = Evil, AgentOverload = Evil }, agents[1] with { AgentState = "silent", ReasonsForFailure = Evil, TaskNetReach = null }, Renamed(agents[0], Evil)],
                Channels = [good.Report.Channels[0] with { Channel = Evil, Family = Evil }],
                LeftOut = [new LeftOutReport(Evil, Evil, Evil)],
                Notes = [Evil],
            },
        };
        foreach (var width in new[] { 80, 200 })
        {
            var screen = Screens.Of(evil, width);
            Assert.DoesNotContain(screen, character => char.IsControl(character) && character != '\n');
            Assert.DoesNotContain('\u202e', screen);
            Assert.DoesNotContain(screen.Split('\n'), line => line.StartsWith("✔ PASS", StringComparison.Ordinal));
            Assert.Contains("[red]x[/]", screen, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Unknown_silent_awaited_and_not_probed_have_symbols_that_are_not_the_healthy_one()
    {
        var symbols = Enum.GetValues<CellState>().Select(CellLook.Symbol).ToList();
        Assert.Equal(symbols.Count, symbols.Distinct().Count());
    }

    [Fact]
    public void What_is_not_probed_shows_as_such()
    {
        var snapshot = MeshSnapshot.Of(3);
        var mesh = MeshRound.Of(3, queries: MeshTask.Queries(IpFamily.IPv4, Channel.PodIP), snapshot: snapshot with { Agents = snapshot.Agents.SetItem(1, snapshot.Agents[1] with { Addresses = [] }) });
        var screen = Screens.Of(mesh.Report([.. mesh.Shards()]), 80);
        Assert.Contains("  3 node-3 .  -  .\n", screen, StringComparison.Ordinal);
        Assert.Contains("- not probed", screen, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_two_agents_share_a_node_rows_are_the_agents()
    {
        var snapshot = MeshSnapshot.Of(3);
        var mesh = MeshRound.Of(3, queries: MeshTask.Queries(IpFamily.IPv4, Channel.PodIP), snapshot: snapshot with { Agents = snapshot.Agents.SetItem(1, snapshot.Agents[1] with { NodeName = "node-1" }) });
        var screen = Screens.Of(mesh.Report([.. mesh.Shards((agent, target, seen) => agent == 2 && target.DestinationAgentId == "id-2" ? seen.Fail(100) : seen)]), 80);
        Assert.Contains("podIP IPv4: from agent (row) to agent (column)\n            1  2  3\n", screen, StringComparison.Ordinal);
        Assert.Contains("  3 agent-3 .  X  .\n", screen, StringComparison.Ordinal);
        Assert.Contains("  X agent-3 on node-3 -> AgentPodV4IP_agent-2_10.10.0.3 on node-1 (podIP IPv4)\n", screen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("healthy-3", 29)]
    [InlineData("250-agents-healthy", 38)]
    public void A_healthy_round_is_short_however_many_agents_there_are(string name, int lines) =>
        Assert.InRange(Screens.Of(ScreenReports.All[name].Value, 80).Split('\n').Length, 1, lines);

    [Fact]
    public void One_broken_pair_among_many_is_seen()
    {
        var mesh = MeshRound.Of(100, 1, queries: MeshTask.Queries(IpFamily.IPv4, Channel.PodIP));
        var report = mesh.Report([.. mesh.Shards((agent, target, seen) => agent == 70 && target.DestinationAgentId == "id-8" ? seen.Fail(1, FailureStage.Verify, FailureCause.WrongAgent) : seen)]);
        foreach (var width in new[] { 60, 80, 200 })
        {
            var screen = Screens.Of(report, width);
            Assert.Contains("the one cell in trouble\n  X agent-71 on node-71 -> AgentPodV4IP_agent-8_10.10.0.9", screen, StringComparison.Ordinal);
            Assert.Equal(1, screen[..screen.IndexOf("all failed", StringComparison.Ordinal)].Split('\n').Count(line => line.Contains(".X", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void A_mean_within_the_limit_and_a_total_failure_are_told_apart_from_slowness()
    {
        var expect = new ReportExpectation(0.9, 1500);
        TargetReport Target(Func<Seen, Seen> see)
        {
            var mesh = MeshRound.Of(1, 100, new(0.9, TimeSpan.FromMilliseconds(1500)), MeshTask.Queries(IpFamily.IPv4, Channel.PodIP));
            return mesh.Report([mesh.Shard(0, (_, seen) => see(seen))]).Report.LatestRoundReport[0].Measurements!.RoundTaskDetail[0];
        }
        CellState Of(Func<Seen, Seen> see) => CellStates.Of(Target(see), expect);
        Assert.Equal(CellState.Healthy, Of(seen => seen));
        Assert.Equal(CellState.Slower, Of(seen => seen.Slow(800)));
        Assert.Equal(CellState.Slow, Of(seen => seen.Slow(1600)));
        Assert.Equal(CellState.SomeLost, Of(seen => seen.Fail(10)));
        Assert.Equal(CellState.VeryLossy, Of(seen => seen.Fail(11)));
        Assert.Equal(CellState.Slow, Of(seen => seen.Fail(5).Slow(1600)));
        Assert.Equal(CellState.Dead, Of(seen => seen.Fail(100)));
        Assert.Equal(CellState.Partial, CellStates.Of(Target(seen => seen) with { Verdict = "fail" }, expect));
        Assert.Equal(CellState.Unknown, Of(seen => seen with { Unsent = 1 }));
    }

    private static AgentReport Renamed(AgentReport agent, string name) => agent with
    {
        AgentId = name,
        TaskNetReach = agent.TaskNetReach! with
        {
            RoundTaskDetail = [.. agent.TaskNetReach.RoundTaskDetail.Select(target => target with
            {
                Name = name,
                Channel = name,
                DestinationAgent = name,
                RequestTargetMetrics = target.RequestTargetMetrics with { Errors = new Dictionary<string, long> { [name] = 3 } },
            })],
        },
    };

    private static string Trimmed(string text) => string.Join('\n', text.Split('\n').Select(line => line.TrimEnd()));
}
