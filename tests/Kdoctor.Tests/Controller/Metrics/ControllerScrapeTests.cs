using System.Text.Json.Nodes;
using Kdoctor.Controller.Collecting;
using Kdoctor.Controller.Metrics;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Core.Metrics;
using Kdoctor.Core.Results;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Verdicts;
using Kdoctor.TestKit.Reports;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Kdoctor.Tests.Controller.Metrics;

public sealed class ControllerScrapeTests
{
    private readonly FakeTimeProvider time = new();
    private readonly RoundMeter rounds = new();
    private readonly MeshRound mesh = MeshRound.Of(3);

    [Fact]
    public void Rounds_are_counted_by_verdict_and_their_requests_by_channel()
    {
        rounds.Count(new JudgedRound("NetReach", "mesh", Verdict.Succeed, Load(mesh.Shards())));
        rounds.Count(new JudgedRound("NetReach", "mesh", Verdict.Fail, Load(mesh.Shards((_, _, seen) => seen.Fail(100)))));

        var text = Text();
        Assert.Contains("kdoctor_rounds_total{kind=\"NetReach\",task=\"mesh\",verdict=\"succeed\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("kdoctor_rounds_total{kind=\"NetReach\",task=\"mesh\",verdict=\"fail\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("kdoctor_rounds_total{kind=\"NetReach\",task=\"mesh\",verdict=\"unknown\"} 0\n", text, StringComparison.Ordinal);
        var sent = mesh.Shards().Concat(mesh.Shards((_, _, seen) => seen.Fail(100))).SelectMany(shard => shard.Targets).Where(target => mesh.Plan.Targets[target.Target].Channel == Kdoctor.Core.Planning.Channel.PodIP).ToList();
        Assert.Contains($"kdoctor_requests_sent_total{{kind=\"NetReach\",task=\"mesh\",channel=\"podIP\"}} {sent.Sum(target => target.Sent)}\n", text, StringComparison.Ordinal);
        Assert.Contains($"kdoctor_requests_failed_total{{kind=\"NetReach\",task=\"mesh\",channel=\"podIP\"}} {sent.Sum(target => target.Failed)}\n", text, StringComparison.Ordinal);
        Assert.True(sent.Sum(target => target.Failed) > 0);
    }

    [Fact]
    public void Tasks_beyond_the_bound_count_together_and_one_that_is_gone_makes_room()
    {
        var none = new ChannelLoad();
        for (var index = 0; index < RoundMeter.MaxTasks + 3; index++)
            rounds.Count(new JudgedRound("Netdns", $"t{index}", Verdict.Succeed, none));
        Assert.Contains("kdoctor_rounds_total{kind=\"Netdns\",task=\"(others)\",verdict=\"succeed\"} 3\n", Text(), StringComparison.Ordinal);

        rounds.Forget("Netdns", "t0");
        rounds.Forget("Netdns", RoundMeter.Others);
        rounds.Count(new JudgedRound("Netdns", "fresh", Verdict.Succeed, none));
        Assert.DoesNotContain("task=\"t0\"", Text(), StringComparison.Ordinal);
        Assert.Contains("task=\"fresh\"", Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_is_measured_and_its_failures_are_counted()
    {
        var meter = new StoreMeter(time);
        await meter.MeasureAsync("begin", () =>
        {
            time.Advance(TimeSpan.FromMilliseconds(30));
            return Task.FromResult(1);
        });
        await Assert.ThrowsAsync<IOException>(() => meter.MeasureAsync<int>("begin", () => throw new IOException()));
        await Assert.ThrowsAsync<OperationCanceledException>(() => meter.MeasureAsync<int>("begin", () => throw new OperationCanceledException()));

        var page = new MetricPage();
        meter.Write(page);
        Assert.Contains("kdoctor_store_errors_total{operation=\"begin\"} 1\n", page.ToString(), StringComparison.Ordinal);
        Assert.Contains("kdoctor_store_operation_duration_seconds_bucket{operation=\"begin\",le=\"0.025\"} 2\n", page.ToString(), StringComparison.Ordinal);
        Assert.Contains("kdoctor_store_operation_duration_seconds_count{operation=\"begin\"} 3\n", page.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tasks_status_says_how_its_latest_round_ended_and_when()
    {
        var cache = new TaskCache();
        cache.Put(new TaskKey(TaskKind.NetReach, "mesh"), JsonNode.Parse("""
            {"status":{"lastRoundStatus":"fail","history":[{"status":"ongoing"},{"status":"fail","endTimeStamp":"2030-01-01T00:00:00.5Z"},{"endTimeStamp":"2029-01-01T00:00:00Z"}]}}
            """)!.AsObject());
        cache.Put(new TaskKey(TaskKind.NetReach, "edited"), JsonNode.Parse("""{"status":{"history":[{"status":"fail","endTimeStamp":"2030-01-01T00:00:00Z"}]}}""")!.AsObject());
        cache.Put(new TaskKey(TaskKind.Netdns, "new"), new JsonObject());
        var page = new MetricPage();
        TaskStatuses.Write(page, cache);
        Assert.Contains("kdoctor_task_last_round_status{kind=\"NetReach\",task=\"mesh\",verdict=\"fail\"} 1\n", page.ToString(), StringComparison.Ordinal);
        Assert.Contains("kdoctor_task_last_round_status{kind=\"NetReach\",task=\"mesh\",verdict=\"succeed\"} 0\n", page.ToString(), StringComparison.Ordinal);
        Assert.Contains("kdoctor_task_last_round_end_timestamp_seconds{kind=\"NetReach\",task=\"mesh\"} 1893456000.5\n", page.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("status{kind=\"NetReach\",task=\"edited\"", page.ToString(), StringComparison.Ordinal);
        Assert.Contains("kdoctor_task_last_round_end_timestamp_seconds{kind=\"NetReach\",task=\"edited\"} 1893456000\n", page.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("\"new\"", page.ToString(), StringComparison.Ordinal);
    }

    private ChannelLoad Load(IEnumerable<AgentShard> shards)
    {
        var load = new ChannelLoad();
        foreach (var shard in shards)
            load.Add(mesh.Plan, shard);
        return load;
    }

    private string Text() => new ControllerScrape(new StoreMeter(time), rounds).Read();
}
