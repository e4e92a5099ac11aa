using Kdoctor.Core.Results;
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

    private static Seen TimedOut(Seen seen, int requests) => seen.Fail(requests, FailureStage.Connect, FailureCause.TimedOut);
}
