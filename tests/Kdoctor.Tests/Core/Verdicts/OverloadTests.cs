using Kdoctor.Core.Results;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Verdicts;
using Kdoctor.TestKit.Reports;
using Xunit;

namespace Kdoctor.Tests.Core.Verdicts;

/// <summary>What an agent's overload explains, and what it does not.</summary>
public sealed class OverloadTests
{
    private const int Dead = 1;
    private readonly MeshRound mesh = MeshRound.Of(3, 100);

    /// <remarks>Seen red: every timeout was the agent's own, and a black hole unknown, as soon as the agent was overloaded, which black holes make it.</remarks>
    [Theory]
    [InlineData(0, 400)]
    [InlineData(60, 0)]
    public void A_black_hole_beside_targets_that_answer_is_no_doing_of_the_agents(int unsent, double latenessInMs)
    {
        var shard = mesh.Shard(
            0, (target, seen) => target.Index == Dead ? TimedOut(seen with { Unsent = unsent }, 100 - unsent) : seen, latenessInMs: latenessInMs);
        var verdict = mesh.Judge([shard, mesh.Shard(1), mesh.Shard(2)]);

        Assert.Equal(Verdict.Fail, verdict.Verdict);
        Assert.NotNull(verdict.Agents[0].Overload);
    }

    [Fact]
    public void Where_a_few_came_back_the_agent_may_have_lost_the_others()
    {
        var shard = mesh.Shard(0, (target, seen) => target.Index == Dead ? TimedOut(seen, 99) : seen, latenessInMs: 400);
        Assert.Equal(Verdict.Unknown, mesh.Judge([shard, mesh.Shard(1), mesh.Shard(2)]).Verdict);
    }

    [Fact]
    public void Where_connections_were_opened_the_answers_may_have_been_too_late_for_the_agent()
    {
        var shard = mesh.Shard(0, (target, seen) => target.Index == Dead ? seen.Fail(100, FailureStage.FirstByte, FailureCause.TimedOut) : seen, latenessInMs: 400);
        Assert.Equal(Verdict.Unknown, mesh.Judge([shard, mesh.Shard(1), mesh.Shard(2)]).Verdict);
    }

    [Fact]
    public void Where_others_lost_most_too_the_agent_may_have_lost_all()
    {
        var shard = mesh.Shard(0, (target, seen) => TimedOut(seen, target.Index == Dead ? 100 : 60), latenessInMs: 400);
        Assert.Equal(Verdict.Unknown, mesh.Judge([shard, mesh.Shard(1), mesh.Shard(2)]).Verdict);
    }

    [Fact]
    public void Where_nothing_came_back_from_anywhere_the_agent_may_have_lost_all()
    {
        var shard = mesh.Shard(0, (_, seen) => TimedOut(seen, 100), latenessInMs: 400);
        Assert.Equal(Verdict.Unknown, mesh.Judge([shard, mesh.Shard(1), mesh.Shard(2)]).Verdict);
    }

    /// <summary>A delay runs from a request's intended start, and a limit may be shorter than what makes an agent overloaded.</summary>
    /// <remarks>Seen red: the delay of an agent that was 20 ms late with everything failed every target with a limit of 10 ms, though the answers took 1 ms.</remarks>
    [Theory]
    [InlineData(21, 20, Verdict.Unknown)]
    [InlineData(31, 20, Verdict.Fail)]
    [InlineData(9, 8, Verdict.Succeed)]
    public void A_delay_that_is_the_agents_own_lateness_is_not_the_networks(double latencyInMs, double latenessInMs, Verdict expected)
    {
        var strict = MeshRound.Of(2, 100, new Expectation(1, TimeSpan.FromMilliseconds(10)));
        var shard = strict.Shard(0, (_, seen) => seen.Slow(latencyInMs) with { Lateness = TimeSpan.FromMilliseconds(latenessInMs) }, latenessInMs: latenessInMs);
        var verdict = strict.Judge([shard, strict.Shard(1)]);
        Assert.Equal((expected, null), (verdict.Verdict, verdict.Agents[0].Overload));
        Assert.Equal(expected == Verdict.Fail, verdict.Agents[0].TooSlow);
        if (expected == Verdict.Unknown)
            Assert.Matches(@": mean delay (20|21)(\.\d+)? ms is above the expected 10 ms, and (0|1)(\.\d+)? ms without the agent's own lateness$", verdict.Agents[0].Reasons[0]);
    }

    private static Seen TimedOut(Seen seen, int requests) => seen.Fail(requests, FailureStage.Connect, FailureCause.TimedOut);
}
