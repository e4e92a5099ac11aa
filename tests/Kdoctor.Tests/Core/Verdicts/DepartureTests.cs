using Kdoctor.Core.Planning;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Results;
using Kdoctor.Core.Verdicts;
using Kdoctor.TestKit.Reports;
using Xunit;

namespace Kdoctor.Tests.Core.Verdicts;

/// <summary>An agent whose pod is deleted in mid-round explains what failed after that, and nothing that failed before.</summary>
public sealed class DepartureTests
{
    private readonly MeshRound mesh = MeshRound.Of(3);
    private readonly Aftermath gone = new() { Departures = [new Departure("id-3", MeshRound.Noon.AddSeconds(5))] };

    [Fact]
    public void Its_silence_proves_nothing()
    {
        var verdict = mesh.Judge([mesh.Shard(0), mesh.Shard(1)], aftermath: gone);
        Assert.Equal(Verdict.Unknown, verdict.Verdict);
        Assert.Equal("1 of 3 agents could not prove all, 1 of them because its pod was deleted while the round ran; 1400 of 1400 requests succeeded", verdict.Summary);
        Assert.Equal(AgentState.Silent, verdict.Agents[2].State);
        Assert.Equal("agent agent-3 on node-3 went before its results arrived: its pod was deleted at 2030-05-17T12:00:05Z", verdict.Agents[2].Reasons[0]);
    }

    [Fact]
    public void What_failed_at_it_afterwards_proves_nothing_and_blames_nobody()
    {
        var report = Report((_, target, seen) => IsItsOwn(target) ? seen.Fail(40) with { FailingFrom = 5.5 } : seen);
        Assert.Equal("unknown", report.LatestRound!.Status);
        var reasons = report.LatestRoundReport[0].ReasonsForFailure;
        Assert.Contains("40 of the failures came after agent agent-3 on node-3 went: its pod was deleted at 2030-05-17T12:00:05Z", reasons, StringComparison.Ordinal);
        var finding = Assert.Single(report.Findings);
        Assert.Equal("agent agent-3 on node-3", finding.Component);
        Assert.StartsWith("its pod was deleted at 2030-05-17T12:00:05Z, while the round ran", finding.Evidence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, 40)]
    [InlineData(1, 3)]
    [InlineData(1, 40)]
    public void What_failed_before_fails_still(double from, long failures)
    {
        var report = Report((_, target, seen) => IsItsOwn(target) ? seen.Fail(failures) with { FailingFrom = from } : seen);
        Assert.Equal("fail", report.LatestRound!.Status);
        Assert.Contains(report.Findings, finding => finding.Component.StartsWith("podIP of the agent on node-3", StringComparison.Ordinal));
    }

    [Fact]
    public void What_failed_elsewhere_fails_still()
    {
        var report = Report((_, target, seen) => target.DestinationAgentId == "id-2" ? seen.Fail(40) with { FailingFrom = 5.5 } : seen);
        Assert.Equal("fail", report.LatestRound!.Status);
        Assert.DoesNotContain(report.Findings, finding => finding.Component == "agent agent-3 on node-3");
    }

    [Fact]
    public void A_service_may_lead_to_it_for_seconds_and_no_longer()
    {
        // 30 requests a second, so that 150 came within the five seconds after it went.
        var longer = MeshRound.Of(3, 300);
        string With(long failures)
        {
            var shards = longer.Shards((_, target, seen) => target.Channel == Channel.ClusterIP ? seen.Fail(failures) with { FailingFrom = 5.5 } : seen).ToList();
            return ReportWords.Of(longer.Judge(shards, aftermath: gone).Verdict);
        }

        Assert.Equal("unknown", With(100));
        Assert.Equal("fail", With(200));
    }

    // A rollout takes one agent after the other: seconds that overlap count once.
    [Theory]
    [InlineData(5, 160, "fail")]
    [InlineData(7, 200, "unknown")]
    [InlineData(7, 220, "fail")]
    [InlineData(9, 260, "unknown")]
    public void A_service_may_lead_to_each_of_several_for_seconds(int second, long failures, string verdict)
    {
        var longer = MeshRound.Of(4, 300);
        var rollout = new Aftermath { Departures = [gone.Departures[0], new Departure("id-4", MeshRound.Noon.AddSeconds(second))] };
        var shards = longer.Shards((_, target, seen) => target.Channel == Channel.ClusterIP ? seen.Fail(failures) with { FailingFrom = 5.5 } : seen).ToList();
        var judged = longer.Judge(shards, aftermath: rollout);
        Assert.Equal(verdict, ReportWords.Of(judged.Verdict));
        Assert.Contains("came after agent agent-3 on node-3 went: its pod was deleted at 2030-05-17T12:00:05Z; and one more agent went", judged.Agents[0].Reasons[0], StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_of_an_agent_that_came_meanwhile_proves_nothing_and_that_of_a_stranger_fails()
    {
        string With(string answering)
        {
            var shards = mesh.Shards((_, _, seen) => seen).ToList();
            var seen = shards[0].Targets.First(target => mesh.Plan.Targets[target.Target].Channel == Channel.ClusterIP);
            seen.Succeeded -= 30;
            seen.Failures[new Failure(FailureStage.Verify, FailureCause.WrongAgent)] = 30;
            seen.Backends[answering] = 30;
            return ReportWords.Of(mesh.Judge(shards, aftermath: gone with { Newcomers = ["id-7"] }).Verdict);
        }

        Assert.Equal("unknown", With("id-7"));
        Assert.Equal("fail", With("id-8"));
    }

    [Fact]
    public void A_round_in_which_it_cost_nothing_is_green_and_says_nothing()
    {
        var report = Report((_, _, seen) => seen);
        Assert.Equal("succeed", report.LatestRound!.Status);
        Assert.Empty(report.Findings);
    }

    [Fact]
    public void A_time_that_nobody_saw_explains_no_failure()
    {
        var shards = mesh.Shards((_, target, seen) => IsItsOwn(target) ? seen.Fail(40) with { FailingFrom = 9 } : seen).ToList();
        Assert.Equal(Verdict.Fail, mesh.Judge(shards, aftermath: new Aftermath { Departures = [new Departure("id-3", null)] }).Verdict);
    }

    private static bool IsItsOwn(Target target) => target.DestinationAgentId == "id-3";

    private ReportBody Report(Func<int, Target, Seen, Seen> see)
    {
        var shards = mesh.Shards(see).ToList();
        return mesh.Report(shards, mesh.Judge(shards, aftermath: gone)).Report;
    }
}
