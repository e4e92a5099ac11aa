using CsCheck;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Results;
using Kdoctor.TestKit.Reports;
using Xunit;

namespace Kdoctor.Tests.Core.Diagnosis;

public sealed class FindingsTests
{
    private readonly MeshRound mesh = MeshRound.Of(4);

    [Fact]
    public void A_healthy_round_points_at_nothing() => Assert.Empty(mesh.Report([.. mesh.Shards()]).Report.Findings);

    [Fact]
    public void A_target_that_fails_from_everywhere_is_blamed_itself()
    {
        var finding = Assert.Single(Of((_, target) => target is { Channel: Channel.NodePort, DestinationNode: "node-3" }));
        Assert.Equal("the node port of node-3 (AgentNodePortV4IP_10.20.0.4_30080)", finding.Component);
        Assert.Equal("it failed from all 4 agents that tried (connect: refused: 400)", finding.Evidence);
    }

    [Fact]
    public void A_sender_that_reaches_nobody_is_blamed_and_those_it_does_not_reach_are_not()
    {
        var findings = Of((agent, target) => agent == 1 && target.Channel == Channel.PodIP);
        var finding = Assert.Single(findings);
        Assert.Equal("what agent agent-2 on node-2 sends over podIP IPv4", finding.Component);
        Assert.Equal("all 4 targets of the channel failed from there (connect: refused: 400), and other agents reach some of them", finding.Evidence);
    }

    /// <remarks>Seen red: every agent reaches itself, so a node that is cut off was never blamed, and each of the ways to and from it was.</remarks>
    [Fact]
    public void A_node_that_is_cut_off_is_blamed_although_its_agent_reaches_itself()
    {
        var findings = Of((agent, target) => target.Channel == Channel.PodIP && (agent == 1) != (target.DestinationAgentId == "id-2"));
        Assert.Equal(
            ["what agent agent-2 on node-2 sends over podIP IPv4", "podIP of the agent on node-2 (AgentPodV4IP_agent-2_10.10.0.3)"],
            findings.Select(finding => finding.Component));
        Assert.Equal("all 3 targets of the channel failed from there (connect: refused: 300), and other agents reach some of them", findings[0].Evidence);
        Assert.Equal("it failed from all 3 agents that tried (connect: refused: 300)", findings[1].Evidence);
    }

    [Fact]
    public void Of_two_agents_neither_is_blamed_for_one_way_between_them()
    {
        var two = MeshRound.Of(2);
        var finding = Assert.Single(two.Report([.. two.Shards((agent, target, seen) => agent == 0 && target is { Channel: Channel.PodIP, DestinationAgentId: "id-2" } ? seen.Fail(100) : seen)]).Report.Findings);
        Assert.StartsWith("podIP of the agent on node-2", finding.Component, StringComparison.Ordinal);
        Assert.Equal("it failed from the one agent that tried (connect: refused: 100)", finding.Evidence);
    }

    [Fact]
    public void A_channel_of_which_everything_fails_is_blamed_as_one()
    {
        var finding = Assert.Single(Of((_, target) => target.Channel == Channel.NodePort));
        Assert.Equal(("nodePort IPv4", "all 4 targets of the channel failed from everywhere (connect: refused: 400 at the first of them)"), (finding.Component, finding.Evidence));
    }

    [Fact]
    public void A_pair_is_blamed_on_what_lies_between()
    {
        var finding = Assert.Single(Of((agent, target) => agent is 0 or 2 && target is { DestinationAgentId: "id-2", Channel: Channel.PodIP }));
        Assert.StartsWith("the way to podIP of the agent on node-2 (AgentPodV4IP_agent-2_", finding.Component, StringComparison.Ordinal);
        Assert.EndsWith(" from agent-1 on node-1, agent-3 on node-3", finding.Component, StringComparison.Ordinal);
        Assert.Equal("2 of 4 agents failed there (connect: refused: 200), and the others reach it", finding.Evidence);
    }

    /// <remarks>Seen red: agent-2, blamed above for all that it sends, was named and counted in the way as well: 2 of 4 agents, 200 requests.</remarks>
    [Fact]
    public void A_way_names_nobody_who_is_blamed_for_all_that_he_sends()
    {
        var findings = Of((agent, target) => target.Channel == Channel.PodIP && (agent == 1 || (agent == 0 && target.DestinationAgentId == "id-3")));
        Assert.Equal("what agent agent-2 on node-2 sends over podIP IPv4", findings[0].Component);
        Assert.EndsWith(" from agent-1 on node-1", findings[1].Component, StringComparison.Ordinal);
        Assert.Equal("1 of 3 agents failed there (connect: refused: 100), and the others reach it", findings[1].Evidence);
        Assert.Equal(2, findings.Count);
    }

    /// <remarks>Seen red: the agent that reaches only itself explained a failure at itself that was another's, which then was blamed on nothing.</remarks>
    [Fact]
    public void What_a_blamed_agent_reaches_on_itself_explains_no_failure_of_another()
    {
        var findings = Of((agent, target) => target.Channel == Channel.PodIP && (agent == 1 ? target.DestinationAgentId != "id-2" : agent == 0 && target.DestinationAgentId == "id-2"));
        Assert.Equal("what agent agent-2 on node-2 sends over podIP IPv4", findings[0].Component);
        Assert.EndsWith("podIP of the agent on node-2 (AgentPodV4IP_agent-2_10.10.0.3) from agent-1 on node-1", findings[1].Component, StringComparison.Ordinal);
        Assert.Equal(2, findings.Count);
    }

    [Fact]
    public void A_silent_agent_and_an_overloaded_one_are_named_with_their_reason()
    {
        var findings = mesh.Report(
            [mesh.Shard(0), mesh.Shard(1, latenessInMs: 400), mesh.Shard(2)], new Dictionary<string, string> { ["id-4"] = "its stream broke" }).Report.Findings;
        Assert.Equal(["agent agent-4 on node-4", "agent agent-2 on node-2"], findings.Select(finding => finding.Component));
        Assert.Contains("its stream broke", findings[0].Evidence, StringComparison.Ordinal);
        Assert.Contains("overloaded itself", findings[1].Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_too_slow_is_found_as_well()
    {
        var report = mesh.Report([.. mesh.Shards((_, target, seen) => target.Channel == Channel.ClusterIP ? seen.Slow(1900) : seen)]);
        Assert.EndsWith("(too slow)", Assert.Single(report.Report.Findings).Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_findings_are_bounded_and_say_how_many_more()
    {
        var large = MeshRound.Of(30, 1);
        var report = large.Report([.. large.Shards((agent, target, seen) => target.DestinationAgentId == $"id-{agent + 1}" ? seen.Fail(1) : seen)]);
        Assert.Equal(21, report.Report.Findings.Count);
        Assert.Equal("10 more; the verdict of each target is in latestRoundReport", report.Report.Findings[^1].Evidence);
    }

    [Fact]
    public void A_round_has_findings_exactly_when_something_failed_or_an_agent_was_in_trouble() => Gen.Int[0, 100_000].Sample(seed =>
    {
        var shards = MeshGen.Shards(mesh, seed);
        var report = mesh.Report(shards).Report;
        var trouble = report.LatestRoundReport.Any(agent =>
            agent.AgentState == "silent" || agent.AgentOverload is not null || (agent.Measurements?.RoundTaskDetail.Any(target => target.Verdict == "fail") ?? false));
        Assert.Equal(trouble, report.Findings.Count > 0);
        Assert.All(report.Findings, finding => Assert.True(finding.Component.Length > 0 && finding.Evidence.Length > 0));
    }, iter: 100);

    private IReadOnlyList<FindingReport> Of(Func<int, Target, bool> fails) =>
        mesh.Report([.. mesh.Shards((agent, target, seen) => fails(agent, target) ? seen.Fail(100, FailureStage.Connect, FailureCause.Refused) : seen)]).Report.Findings;
}
