using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Verdicts;
using Kdoctor.TestKit.Reports;
using Xunit;

namespace Kdoctor.Tests.Core.Verdicts;

/// <summary>Rounds by example; the defects C2 to C23 are the predecessor's, and none may come back.</summary>
public sealed class JudgeTests
{
    private readonly MeshRound mesh = MeshRound.Of(3, 100);

    [Fact]
    public void A_healthy_round_succeeds_and_says_with_how_many()
    {
        var verdict = mesh.Judge(mesh.Shards());
        Assert.Equal(Verdict.Succeed, verdict.Verdict);
        Assert.Equal("3 agents, 2100 of 2100 requests succeeded", verdict.Summary);
        Assert.All(verdict.Agents, agent => Assert.Empty(agent.Reasons));
        Assert.Equal(new RequestTotals(2100, 2100, 2100, 0, 0, 0), verdict.Totals);
    }

    [Fact]
    public void A_wrong_answer_fails_with_its_own_cause()
    {
        var verdict = mesh.Judge(mesh.Shards((agent, target, seen) => agent == 0 && target.Channel == Channel.ClusterIP
            ? seen.Fail(100, FailureStage.Verify, FailureCause.WrongStatus, "503") : seen));
        Assert.Equal(Verdict.Fail, verdict.Verdict);
        Assert.Equal("1 of 3 agents failed; 2000 of 2100 requests succeeded", verdict.Summary);
        Assert.StartsWith(
            "AgentClusterV4IP_10.96.0.80:80: success rate 0 is below the expected 1 (0 of 100 requests; verify: wrong status: 100); for example: 503; ",
            verdict.Agents[0].Reasons[0],
            StringComparison.Ordinal);
    }

    // It said that the task names no target.
    [Fact]
    public void A_round_none_of_whose_agents_could_be_there_says_why()
    {
        var snapshot = MeshSnapshot.Of(2);
        var absent = MeshRound.Of(2, queries: [new MeshQuery(Channel.PodIP, IpFamily.IPv4)], snapshot: snapshot with
        {
            Agents = [.. snapshot.Agents.Select(agent => agent with { Connected = false, Absence = "its pod cannot be scheduled" })],
        });
        var verdict = absent.Judge([]);
        Assert.Equal((Verdict.Unknown, "all agents (2) are silent, agent-1 for example: its pod cannot be scheduled"), (verdict.Verdict, verdict.Summary));
    }

    /// <summary>C3, zero requests passed, and the report was lost. Against the defect: 0/0 is NaN, NaN is not below the expected rate, and the verdict is succeed.</summary>
    /// <remarks>Seen red: TargetJudge and RoundConclusion go on without a request.</remarks>
    [Fact]
    public void C3_zero_requests_are_never_a_success()
    {
        var idle = MeshRound.Of(3, 0);
        var verdict = idle.Judge(idle.Shards());
        Assert.Equal(Verdict.Unknown, verdict.Verdict);
        Assert.Equal("no request was sent: no evidence", verdict.Summary);
        Assert.All(verdict.Agents, agent => Assert.Equal(Verdict.Unknown, agent.Verdict));
    }

    /// <summary>C4, zero targets passed. Against the defect: nothing has failed, so an empty list of targets succeeds.</summary>
    /// <remarks>Seen red: RoundConclusion and Judge.Worst go on without a target; DnsTargets leaves nothing out.</remarks>
    [Fact]
    public void C4_zero_targets_are_unknown()
    {
        var empty = MeshRound.Of(3, queries: MeshTask.Queries(IpFamily.IPv6, Channel.PodIP, Channel.NodePort));
        var verdict = empty.Judge(empty.Shards());
        Assert.Equal(Verdict.Unknown, verdict.Verdict);
        Assert.Equal("nothing could be tested: no agent has an IPv6 address, no node has an IPv6 address with a node port", verdict.Summary);
    }

    [Fact]
    public void C4_no_agents_are_unknown()
    {
        var (verdict, summary) = Conclusion(MeshRound.Of(0), []);
        Assert.Equal(Verdict.Unknown, verdict);
        Assert.StartsWith("no agent could take part", summary, StringComparison.Ordinal);
    }

    [Fact]
    public void C6_without_a_success_the_delay_is_not_met()
    {
        var tolerant = MeshRound.Of(2, 100, new Expectation(0, TimeSpan.FromSeconds(1)));
        var verdict = tolerant.Judge(tolerant.Shards((_, _, seen) => seen.Fail(100)));
        Assert.Equal(Verdict.Unknown, verdict.Verdict);
        Assert.Contains("no request succeeded: there is no delay to measure", verdict.Agents[0].Reasons[0], StringComparison.Ordinal);
    }

    /// <remarks>Seen red: "2 of 2 agents failed; 400 of 400 requests succeeded", which contradicts itself.</remarks>
    [Fact]
    public void Where_all_succeeded_and_took_too_long_the_summary_says_so()
    {
        var slow = MeshRound.Of(2, 100, new Expectation(1, TimeSpan.FromMilliseconds(100)));
        var verdict = slow.Judge(slow.Shards((_, _, seen) => seen.Slow(205)));
        Assert.Equal(Verdict.Fail, verdict.Verdict);
        Assert.EndsWith(" requests succeeded, too slow", verdict.Summary, StringComparison.Ordinal);
        var failing = slow.Judge(slow.Shards((_, _, seen) => seen.Fail(1).Slow(205)));
        Assert.EndsWith(" requests succeeded", failing.Summary, StringComparison.Ordinal);
    }

    /// <summary>C6, the mean delay was diluted by failures. Against the defect: the sum over successes is divided by all requests, and the mean comes out below the limit that is passed here.</summary>
    /// <remarks>Seen red: TargetJudge divides by all that ended, and takes no mean for 0; LoadRecord records failures too.</remarks>
    [Fact]
    public void C6_the_mean_is_over_successes_alone()
    {
        // Over all requests the mean would be 800 ms and pass.
        var half = MeshRound.Of(2, 100, new Expectation(0.5, TimeSpan.FromMilliseconds(1500)));
        var verdict = half.Judge(half.Shards((_, _, seen) => seen.Fail(50).Slow(1600)));
        Assert.Equal(Verdict.Fail, verdict.Verdict);
        Assert.Matches(@": mean delay (1599|1600)(\.\d+)? ms is above the expected 1500 ms$", verdict.Agents[0].Reasons[0]);
    }

    [Fact]
    public void A_silent_agent_fails_beside_evidence_and_is_named_with_the_reason()
    {
        var verdict = mesh.Judge(mesh.Shards().Where(shard => shard.AgentId != "id-2"), new Dictionary<string, string> { ["id-2"] = "its stream ended" });
        Assert.Equal((Verdict.Fail, "1 of 3 agents is silent; 1400 of 1400 requests succeeded"), (verdict.Verdict, verdict.Summary));
        Assert.Equal(AgentState.Silent, verdict.Agents[1].State);
        Assert.Equal("agent agent-2 on node-2 is silent: its stream ended", Assert.Single(verdict.Agents[1].Reasons));
    }

    [Fact]
    public void All_agents_silent_is_no_evidence() =>
        Assert.Equal((Verdict.Unknown, "all agents (3) are silent: no evidence"), Conclusion(mesh, []));

    [Fact]
    public void Unsent_requests_are_the_agents_and_not_the_networks()
    {
        var verdict = mesh.Judge(mesh.Shards((agent, _, seen) => agent == 0 ? seen with { Unsent = 40 } : seen));
        Assert.Equal(Verdict.Unknown, verdict.Verdict);
        Assert.Equal("280 requests were not sent", verdict.Agents[0].Overload);
        Assert.Contains("AgentPodV4IP_agent-1_10.10.0.2: the agent did not send 40 of 100 requests", verdict.Agents[0].Reasons);
    }

    [Theory]
    [InlineData(60, Verdict.Unknown)]
    [InlineData(10, Verdict.Fail)]
    public void An_overloaded_agents_slowness_is_not_the_networks(double latenessInMs, Verdict expected)
    {
        var slow = mesh.Shard(0, (_, seen) => seen.Slow(1600), latenessInMs: latenessInMs);
        Assert.Equal(expected, mesh.Judge([slow, mesh.Shard(1), mesh.Shard(2)]).Verdict);
        var timedOut = mesh.Shard(0, (_, seen) => seen.Fail(30, FailureStage.FirstByte, FailureCause.TimedOut), latenessInMs: latenessInMs);
        Assert.Equal(expected, mesh.Judge([timedOut, mesh.Shard(1), mesh.Shard(2)]).Verdict);
    }

    [Fact]
    public void An_overloaded_agent_still_sees_a_closed_port()
    {
        var verdict = mesh.Judge([mesh.Shard(0, (_, seen) => seen.Fail(30), latenessInMs: 400), mesh.Shard(1), mesh.Shard(2)]);
        Assert.Equal(Verdict.Fail, verdict.Verdict);
        Assert.NotNull(verdict.Agents[0].Overload);
    }

    [Fact]
    public void A_local_resource_that_was_missing_is_the_agents_own()
    {
        var verdict = mesh.Judge(mesh.Shards((agent, _, seen) => agent == 0 ? seen.Fail(5, FailureStage.Connect, FailureCause.LocalResource) : seen));
        Assert.Equal(Verdict.Unknown, verdict.Verdict);
        Assert.Equal("35 requests failed for want of a local resource", verdict.Agents[0].Overload);
    }

    [Fact]
    public void A_target_that_is_missing_from_the_results_was_not_tested()
    {
        var whole = mesh.Shard(0);
        var verdict = mesh.Judge([whole with { Targets = [.. whole.Targets.Skip(2)] }, mesh.Shard(1), mesh.Shard(2)]);
        Assert.Equal(Verdict.Unknown, verdict.Verdict);
        Assert.Equal("its results lack 2 of 7 planned targets, AgentClusterV4IP_10.96.0.80:80 among them", Assert.Single(verdict.Agents[0].Reasons));
    }

    [Fact]
    public void Fewer_requests_than_planned_prove_less()
    {
        var verdict = mesh.Judge(mesh.Shards((agent, target, seen) => agent == 0 && target.Index == 1 ? seen with { Planned = 10 } : seen));
        Assert.Equal(Verdict.Unknown, verdict.Verdict);
        Assert.Equal("1 of its targets were given fewer than the planned 100 requests", Assert.Single(verdict.Agents[0].Reasons));
    }

    [Fact]
    public void A_round_that_was_cut_short_proves_failures_and_no_success()
    {
        Assert.Equal(Verdict.Unknown, mesh.Judge([mesh.Shard(0, cutShort: "the task was deleted"), mesh.Shard(1), mesh.Shard(2)]).Verdict);
        var verdict = mesh.Judge([mesh.Shard(0, (_, seen) => seen.Fail(10) with { Cancelled = 5, Unsent = 40 }, "the task was deleted"), mesh.Shard(1), mesh.Shard(2)]);
        Assert.Equal(Verdict.Fail, verdict.Verdict);
        Assert.Null(verdict.Agents[0].Overload);
    }

    [Fact]
    public void Something_left_out_keeps_a_healthy_round_from_success()
    {
        var both = MeshRound.Of(3, queries: [.. MeshTask.DefaultQueries, .. MeshTask.Queries(IpFamily.IPv6, Channel.PodIP, Channel.ClusterIP)]);
        Assert.Equal((Verdict.Unknown, "what was tested is healthy (2100 of 2100 requests succeeded); left out: podIP IPv6, clusterIP IPv6"), Conclusion(both, both.Shards()));
    }

    [Fact]
    public void Strangers_and_doubles_and_unplanned_targets_decide_nothing()
    {
        var bad = mesh.Shard(0, (_, seen) => seen.Fail(100));
        var odd = mesh.Shard(2);
        odd = odd with { Targets = [.. odd.Targets, new Seen(100).Fail(100).At(99, ["x"]), new Seen(100).Fail(100).At(-1, ["x"])] };
        var verdict = mesh.Judge([mesh.Shard(0), bad, mesh.Shard(1), odd, bad with { AgentId = "stranger" }]);
        Assert.Equal((Verdict.Succeed, 2100), (verdict.Verdict, verdict.Totals.Sent));
    }

    [Fact]
    public void A_rate_just_below_the_expected_never_reads_as_equal_to_it()
    {
        var reset = new Failure(FailureStage.Connect, FailureCause.Reset);
        var shard = new TargetShard { Target = 0, Planned = 3_000_000, Sent = 3_000_000, Succeeded = 2_999_999, Failures = { [reset] = 1 } };
        Assert.StartsWith("success rate 0.999999 is below the expected 1 (2999999 of 3000000", Judge.Target(shard, new Expectation(1, TimeSpan.FromSeconds(1)), false).Reasons[0], StringComparison.Ordinal);
    }

    private static (Verdict, string) Conclusion(MeshRound mesh, IEnumerable<AgentShard> shards)
    {
        var verdict = mesh.Judge(shards);
        return (verdict.Verdict, verdict.Summary);
    }
}
