using CsCheck;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Results;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Verdicts;
using Kdoctor.TestKit.Reports;
using Xunit;

namespace Kdoctor.Tests.Core.Backends;

/// <summary>Every backend is reached at least once, or the report says that it was not, and whether that can be chance.</summary>
public sealed class SpreadTests
{
    private static readonly string[] All = ["id-1", "id-2", "id-3", "id-4"];
    private static readonly string[] WithoutLast = ["id-1", "id-2", "id-3"];

    private readonly MeshRound mesh = Of();

    [Fact]
    public void A_round_in_which_all_answered_says_so_of_each_channel()
    {
        var report = Report(mesh, (_, _, seen) => seen);
        Assert.Equal("succeed", report.LatestRound!.Status);
        Assert.Empty(report.Findings);
        Assert.Equal(new BackendsReport(4, 1, 0, 0), Backends(report, "clusterIP"));
        Assert.Equal(new BackendsReport(4, 4, 0, 0), Backends(report, "nodePort"));
        Assert.Null(Backends(report, "podIP"));
    }

    [Fact]
    public void A_backend_that_an_address_never_leads_to_fails_the_round_though_every_request_succeeded()
    {
        var report = Report(mesh, (_, target, seen) => target.Channel == Channel.ClusterIP ? seen.Answer(WithoutLast) : seen);
        Assert.Equal("fail", report.LatestRound!.Status);
        Assert.Contains("AgentClusterV4IP_10.96.0.80:80 never led to agent agent-4 on node-4; 3600 of 3600 requests succeeded", report.LatestRound.Summary, StringComparison.Ordinal);
        Assert.Equal(new BackendsReport(4, 0, 1, 0), Backends(report, "clusterIP"));
        var finding = Assert.Single(report.Findings);
        Assert.Equal("the way behind AgentClusterV4IP_10.96.0.80:80 to agent agent-4 on node-4", finding.Component);
        Assert.Equal(
            "over all agents, none of its 400 answers came from agent agent-4 on node-4, which was ready all along, but from 3 of 4 backends; by chance that happens in fewer than one of 10^47 rounds",
            finding.Evidence);
    }

    [Fact]
    public void A_backend_that_one_node_alone_does_not_lead_to_is_found_on_that_node()
    {
        var report = Report(mesh, (agent, target, seen) => agent == 1 && target.Channel == Channel.ClusterIP ? seen.Answer(WithoutLast) : seen);
        Assert.Equal(["agent-2"], report.LatestRound!.FailedAgents);
        Assert.Equal(new BackendsReport(4, 1, 0, 0), Backends(report, "clusterIP"));
        Assert.Equal(
            "the way behind AgentClusterV4IP_10.96.0.80:80 to agent agent-4 on node-4, for what agent agent-2 on node-2 sends", Assert.Single(report.Findings).Component);
        Assert.Contains("none of its 100 answers came from agent agent-4", report.LatestRoundReport[1].ReasonsForFailure, StringComparison.Ordinal);
    }

    [Fact]
    public void The_node_port_of_one_node_that_misses_a_backend_is_told_from_the_others()
    {
        var report = Report(mesh, (_, target, seen) => target is { Channel: Channel.NodePort, DestinationNode: "node-2" } ? seen.Answer(WithoutLast) : seen);
        Assert.Equal(new BackendsReport(4, 3, 1, 0), Backends(report, "nodePort"));
        Assert.StartsWith("the way behind the node port of node-2", Assert.Single(report.Findings).Component, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_few_requests_tell_nothing_and_fail_nothing()
    {
        var report = Report(Of(requests: 10), (_, target, seen) => target.Channel == Channel.ClusterIP ? seen.Answer(WithoutLast) : seen.Answer(All));
        Assert.Equal("succeed", report.LatestRound!.Status);
        Assert.Equal(new BackendsReport(4, 0, 0, 1), Backends(report, "clusterIP"));
    }

    [Fact]
    public void Askers_that_always_get_the_same_backend_may_be_bound_to_it_and_are_one_pick_each()
    {
        var report = Report(mesh, (agent, _, seen) => seen.Answer(agent < 3 ? All[agent] : "id-1"));
        Assert.Equal("succeed", report.LatestRound!.Status);
        Assert.Equal(new BackendsReport(4, 0, 0, 1), Backends(report, "clusterIP"));
    }

    /// <summary>Three agents in step before three backends that take turns: the main example failed, with every request answered.</summary>
    [Fact]
    public void Turns_that_agents_in_step_take_fail_nothing()
    {
        string[] mostly = [.. Enumerable.Repeat("id-1", 97), .. Enumerable.Repeat("id-2", 3)];
        var late = Report(mesh, (agent, target, seen) => target.DestinationAgentId is null ? seen.Answer(agent == 0 ? mostly : All) : seen);
        Assert.True(late.LatestRound!.Status == "succeed", late.LatestRound.Summary);

        string[][] halves = [["id-1", "id-2"], ["id-2", "id-3"], ["id-3", "id-4"], ["id-4", "id-1"]];
        var shared = Report(mesh, (agent, target, seen) => target.Channel == Channel.NodePort ? seen.Answer(halves[agent]) : seen);
        Assert.True(shared.LatestRound!.Status == "succeed", shared.LatestRound.Summary);
    }

    [Fact]
    public void Kept_connections_are_one_pick_each()
    {
        var keeping = Of(queries: [new MeshQuery(Channel.ClusterIP, IpFamily.IPv4, KeepAlive: true)]);
        var report = Report(keeping, (_, _, seen) => seen.Answer(WithoutLast));
        Assert.Equal(new BackendsReport(4, 0, 0, 1), Backends(report, "clusterIP"));
    }

    [Fact]
    public void A_pod_that_was_not_ready_all_along_or_went_need_not_have_answered()
    {
        foreach (var after in new[] { new Aftermath { Unsteady = ["id-4"] }, new Aftermath { Departures = [new("id-4", MeshRound.Noon.AddSeconds(5))] } })
        {
            var report = Report(mesh, (_, target, seen) => target.DestinationAgentId is null ? seen.Answer(WithoutLast) : seen, after);
            Assert.Equal("succeed", report.LatestRound!.Status);
            Assert.Equal(new BackendsReport(3, 1, 0, 0), Backends(report, "clusterIP"));
        }
    }

    [Fact]
    public void A_service_that_binds_askers_to_backends_is_not_asked()
    {
        var bound = MeshRound.Of(4, snapshot: MeshSnapshot.Of(4) with { Agents = MeshSnapshot.Spreading(4).Agents });
        Assert.All(Report(bound, (_, _, seen) => seen.Answer("id-1")).Channels, channel => Assert.Null(channel.Backends));
    }

    [Fact]
    public void While_the_round_runs_nothing_is_said() =>
        Assert.All(mesh.Ongoing(new RoundProgress(1, 1, 1, 0, 4, 4), [.. mesh.Shards((_, _, seen) => seen.Answer(WithoutLast))]).Report.Channels, channel => Assert.Null(channel.Backends));

    [Fact]
    public void Failures_that_were_expected_may_all_have_been_the_missing_backends_own()
    {
        var tolerant = Of(expect: new Expectation(0.5, TimeSpan.FromSeconds(1)));
        KdoctorReport With(long failed) => tolerant.Report([.. tolerant.Shards((_, target, seen) =>
            target.Channel == Channel.ClusterIP ? seen.Fail(failed, FailureStage.Connect, FailureCause.TimedOut).Answer(WithoutLast) : seen)]);
        Assert.Equal("succeed", With(25).Report.LatestRound!.Status);
        Assert.Equal("fail", With(1).Report.LatestRound!.Status);
    }

    [Fact]
    public void Picks_by_chance_are_never_blamed() => Gen.Select(Gen.Int[2, 12], Gen.Int[1, 60], Gen.Int[0, 1_000_000]).Sample((agents, requests, seed) =>
    {
        var random = new Random(seed);
        var round = MeshRound.Of(agents, requests, snapshot: MeshSnapshot.Spreading(agents));
        var verdict = round.Judge(round.Shards((_, target, seen) =>
            target.DestinationAgentId is null ? seen.Answer([.. Enumerable.Range(0, requests).Select(_ => $"id-{random.Next(agents) + 1}")]) : seen));
        Assert.True(verdict.Verdict == Verdict.Succeed, verdict.Summary);
    }, iter: 100);

    [Fact]
    public void What_a_stored_round_came_to_is_what_its_report_says() => Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[5, 100]).Sample((seed, requests) =>
    {
        var random = new Random(seed);
        var round = Of(requests);
        var shards = round.Shards((_, target, seen) => target.DestinationAgentId is null && random.Next(3) == 0 ? seen.Answer(WithoutLast) : seen.Answer(All)).ToList();
        var report = round.Report(shards).Report;
        var blamed = report.Channels.Any(channel => channel.Backends is { Missing: > 0 }) || report.LatestRoundReport.Any(agent => agent.RoundResult == "fail");
        Assert.Equal(blamed, report.LatestRound!.Status == "fail");
        Assert.Equal(blamed, report.Findings.Count > 0);
    }, iter: 100);

    private static MeshRound Of(long requests = 100, Expectation? expect = null, IEnumerable<TargetQuery>? queries = null) =>
        MeshRound.Of(4, requests, expect, queries, MeshSnapshot.Spreading(4));

    private static ReportBody Report(MeshRound round, Func<int, Target, Seen, Seen> see, Aftermath? after = null)
    {
        var shards = round.Shards(see).ToList();
        return round.Report(shards, round.Judge(shards, aftermath: after)).Report;
    }

    private static BackendsReport? Backends(ReportBody report, string channel) => report.Channels.Single(entry => entry.Channel == channel).Backends;
}
