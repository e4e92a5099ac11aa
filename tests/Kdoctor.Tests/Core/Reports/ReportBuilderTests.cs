using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Verdicts;
using Kdoctor.TestKit.Reports;
using Xunit;

namespace Kdoctor.Tests.Core.Reports;

public sealed class ReportBuilderTests
{
    private static readonly MeshRound Small = MeshRound.Of(4, 10);

    private readonly MeshRound mesh = MeshRound.Of(3);

    [Fact]
    public void A_report_has_the_names_that_scripts_read()
    {
        var json = JsonNode.Parse(Json(mesh.Report([.. mesh.Shards()])))!;
        Assert.Equal("netreach-reach-task", (string?)json["metadata"]!["name"]);
        Assert.Equal(("reach-task", "NetReach"), ((string?)json["task"]!["name"], (string?)json["task"]!["kind"]));
        Assert.Equal(1500, (int?)json["task"]!["spec"]!["netReach"]!["expect"]!["meanAccessDelayInMs"]);
        Assert.Equal(("Finished", 1, 1, 1), ((string?)json["status"]!["status"], (int)json["status"]!["totalRoundNumber"]!, (int)json["status"]!["roundFinishedNumber"]!, (int)json["status"]!["roundNumber"]!));
        var agents = json["report"]!["latestRoundReport"]!.AsArray();
        Assert.Equal(3, agents.Count);
        var agent = agents[0]!;
        Assert.Equal(("succeed", "node-1", "agent-1", "9.90325s"), ((string?)agent["roundResult"], (string?)agent["nodeName"], (string?)agent["podName"], (string?)agent["roundDuration"]));
        Assert.Equal("""{"maxCPU":"30.651%","meanCPU":"4.120%","maxMemory":"97.00MB"}""", agent["taskNetReach"]!["systemResource"]!.ToJsonString());
        var target = agent["taskNetReach"]!["roundTaskDetail"]![1]!;
        Assert.Equal(("AgentPodV4IP_agent-1_10.10.0.2", "GET", true), ((string?)target["name"], (string?)target["method"], (bool)target["requestSucceed"]!));
        Assert.Equal((100, 100, false, "35200 byte"), ((int)target["requestTargetMetrics"]!["requestCounts"]!, (int)target["requestTargetMetrics"]!["successCounts"]!,
            (bool)target["requestTargetMetrics"]!["existsNotSendRequests"]!, (string?)target["requestTargetMetrics"]!["totalDataSize"]));
        Assert.Equal("""{"200":100}""", target["requestTargetMetrics"]!["statusCodes"]!.ToJsonString());
    }

    /// <summary>C7, latency was cut to whole milliseconds. Against the defect: these delays read as 0 ms.</summary>
    /// <remarks>Seen red: ReportWords.Milliseconds rounds down; LoadRecord records whole milliseconds; a mean that is absent is 0.</remarks>
    [Fact]
    public void C7_a_delay_below_a_millisecond_keeps_its_decimals()
    {
        var target = mesh.Report([.. mesh.Shards()]).Report.LatestRoundReport[0].Measurements!.RoundTaskDetail[0];
        Assert.InRange(target.RequestMeanDelay!.Value, 0.28, 0.48);
        Assert.All([target.RequestTargetMetrics.Latencies!.P50InMs, target.RequestTargetMetrics.Latencies.MinInMs], ms => Assert.InRange(ms, 0.2, 0.5));
    }

    [Fact]
    public void C7_what_was_not_measured_is_absent()
    {
        var report = mesh.Report([.. mesh.Shards((_, _, seen) => seen.Fail(100))]);
        var target = JsonNode.Parse(Json(report))!["report"]!["latestRoundReport"]![0]!["taskNetReach"]!["roundTaskDetail"]![0]!.AsObject();
        Assert.False(target.ContainsKey("requestMeanDelay"));
        Assert.False(target["requestTargetMetrics"]!.AsObject().ContainsKey("latencies"));
        Assert.Equal(0, (double)target["requestSucceedRate"]!);
        Assert.Equal("""{"connect: refused":100}""", target["requestTargetMetrics"]!["errors"]!.ToJsonString());
    }

    [Fact]
    public void A_silent_agent_has_a_page_with_the_reason_and_no_numbers()
    {
        var page = mesh.Report([mesh.Shard(0), mesh.Shard(2)], new Dictionary<string, string> { ["id-2"] = "its stream ended" }).Report.LatestRoundReport[1];
        Assert.Equal(("fail", "silent", "agent agent-2 on node-2 is silent: its stream ended"), (page.RoundResult, page.AgentState, page.ReasonsForFailure));
        Assert.Null(page.Measurements);
        Assert.Null(page.RoundDuration);
    }

    [Fact]
    public void Results_that_came_too_late_are_shown_and_do_not_count()
    {
        var source = mesh.Judge([mesh.Shard(0), mesh.Shard(2)]);
        var report = mesh.Report([.. mesh.Shards()], source);
        Assert.Equal(("fail", "late"), (report.Report.LatestRoundReport[1].RoundResult, report.Report.LatestRoundReport[1].AgentState));
        Assert.NotNull(report.Report.LatestRoundReport[1].Measurements);
        Assert.Equal(source.Totals.Sent, report.Report.Channels.Sum(channel => channel.Requests.Sent));
    }

    /// <remarks>Seen red while an edit of the task made its agents look failed.</remarks>
    [Fact]
    public void In_a_round_that_was_cut_short_an_agent_that_came_too_late_is_unknown_and_nobody_is_blamed()
    {
        var judged = mesh.Judge([mesh.Shard(0)]);
        var cut = judged with { Agents = [.. judged.Agents.Select(agent => agent.State == AgentState.Silent ? agent with { Verdict = Verdict.Unknown } : agent)] };
        var report = mesh.Report([mesh.Shard(0), mesh.Shard(1)], cut).Report;
        Assert.Equal([("succeed", "reported"), ("unknown", "late"), ("unknown", "silent")], report.LatestRoundReport.Select(agent => (agent.RoundResult, agent.AgentState)));
        Assert.Empty(report.Findings);
    }

    [Fact]
    public void C23_the_backends_behind_an_address_are_counted_and_a_false_name_is_no_agent()
    {
        var shard = mesh.Shard(0);
        shard.Targets[0].CountBackend("agent-2");
        shard.Targets[0].CountBackend("(others)");
        var backends = mesh.Report([shard]).Report.LatestRoundReport[0].Measurements!.RoundTaskDetail[0].RequestTargetMetrics.Backends!;
        Assert.Equal(["(others)", "agent-1", "agent-2", "agent-3", "not of this round: agent-2"], backends.Keys);
        Assert.Equal([1, 34, 33, 33, 1], backends.Values);
    }

    [Fact]
    public void Two_agents_of_one_name_are_kept_apart_by_their_identities()
    {
        var snapshot = MeshSnapshot.Of(3);
        var twins = MeshRound.Of(3, snapshot: snapshot with { Agents = snapshot.Agents.SetItem(1, snapshot.Agents[1] with { Name = "agent-1" }) });
        var report = twins.Report([.. twins.Shards()]);
        Assert.Equal(["id-1", "id-2", "agent-3"], report.Report.LatestRoundReport[0].Measurements!.RoundTaskDetail.Where(target => target.Channel == "podIP").Select(target => target.DestinationAgent));
    }

    [Fact]
    public void Strangers_doubles_and_unplanned_targets_leave_no_trace()
    {
        var odd = mesh.Shard(1);
        odd = odd with { Targets = [.. odd.Targets, new Seen(100).At(99, ["id-1"])] };
        var expected = Json(mesh.Report([.. mesh.Shards()]));
        Assert.Equal(expected, Json(mesh.Report([mesh.Shard(0), odd, mesh.Shard(2), mesh.Shard(0, (_, seen) => seen.Fail(9)), mesh.Shard(0) with { AgentId = "stranger" }])));
    }

    [Fact]
    public void The_order_in_which_shards_arrive_does_not_matter() => Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[0, 1_000_000]).Sample((seed, order) =>
    {
        var shards = MeshGen.Shards(Small, seed);
        var shuffled = shards.ToArray();
        new Random(order).Shuffle(shuffled);
        Assert.Equal(Json(Small.Report(shards)), Json(Small.Report(shuffled)));
    }, iter: 50);

    [Fact]
    public void Channels_add_up_to_the_verdict_and_every_report_is_valid_and_comes_back() => Gen.Int[0, 1_000_000].Sample(seed =>
    {
        var report = Small.Report(MeshGen.Shards(Small, seed));
        var requests = report.Report.LatestRound!.Requests!;
        Assert.Equal(requests.Sent, report.Report.Channels.Sum(channel => channel.Requests.Sent));
        Assert.Equal(requests.Failed, report.Report.Channels.Sum(channel => channel.Errors.Values.Sum()));
        var json = Json(report);
        ReportSchema.AssertValid(json);
        Assert.Equal(json, Json(JsonSerializer.Deserialize(json, ReportJson.Default.KdoctorReport)!));
    }, iter: 30);

    private static string Json(KdoctorReport report) => JsonSerializer.Serialize(report, ReportJson.Default.KdoctorReport);
}
