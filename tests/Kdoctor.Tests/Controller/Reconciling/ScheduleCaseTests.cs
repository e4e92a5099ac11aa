using System.Text.Json.Nodes;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Controller.Storage;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Protocol;
using Kdoctor.Core.Tasks;
using Kdoctor.TestKit.Reports;
using Kdoctor.Tests.Controller.Collecting;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kdoctor.Tests.Controller.Reconciling;

/// <summary>The predecessor's cases C01 to C06: two rounds of each kind, by a crontab and by a simple schedule, from the manifest to a finished task.</summary>
public sealed class ScheduleCaseTests : IAsyncLifetime
{
    private readonly CollectorRig rig = new(agents: 2);
    private readonly TaskCache cache = new();
    private readonly MemoryTaskApi api;
    private readonly TaskReconciler reconciler;

    public ScheduleCaseTests()
    {
        api = new MemoryTaskApi(cache);
        reconciler = new TaskReconciler(
            cache, api, rig.Store, rig.Collector, rig.Sessions, new FixedView(MeshSnapshot.Of(2)), new ReconcilerOptions(), rig.Time, NullLogger<TaskReconciler>.Instance);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await rig.ConnectAsync(0);
        await rig.ConnectAsync(1);
    }

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public Task C01_NetReach_by_crontab() => RunAsync(TaskKind.NetReach, "*/5 * * * *", [300, 600]);

    [Fact]
    public Task C02_NetReach_by_a_simple_schedule() => RunAsync(TaskKind.NetReach, "1 3", [67, 247]);

    [Fact]
    public Task C03_AppHttpHealthy_by_crontab() => RunAsync(TaskKind.AppHttpHealthy, "10,20 12 * * *", [600, 1200]);

    [Fact]
    public Task C04_AppHttpHealthy_by_a_simple_schedule() => RunAsync(TaskKind.AppHttpHealthy, "0 1", [7, 67]);

    [Fact]
    public Task C05_Netdns_by_crontab() => RunAsync(TaskKind.Netdns, "30 12-13 * * *", [1800, 5400]);

    [Fact]
    public Task C06_Netdns_by_a_simple_schedule() => RunAsync(TaskKind.Netdns, "2 60", [127, 3727]);

    // The task is created seven seconds past noon; due times are in seconds past noon.
    private async Task RunAsync(TaskKind kind, string schedule, int[] due)
    {
        var key = new TaskKey(kind, "scheduled");
        rig.Time.Advance(TimeSpan.FromSeconds(7));
        api.Apply(key, Manifest(kind, schedule));
        DateTimeOffset? again = rig.Time.GetUtcNow();
        for (var round = 1; round <= 2; round++)
        {
            again = await reconciler.ReconcileAsync(key, Cancellation) ?? again;
            Assert.Equal(round - 1, (await RowsAsync()).Count(row => row.State == RoundState.Ended));
            var start = MeshRound.Noon.AddSeconds(due[round - 1]);
            if (rig.Time.GetUtcNow() < start)
            {
                // It asks to be looked at when the round is due, and at that time, not before, the round begins.
                Assert.Equal(start, again);
                rig.Time.SetUtcNow(start.AddMilliseconds(-1));
                await reconciler.ReconcileAsync(key, Cancellation);
                Assert.Equal(round - 1, (await RowsAsync()).Count);
                rig.Time.SetUtcNow(start);
                await reconciler.ReconcileAsync(key, Cancellation);
            }
            var row = (await RowsAsync())[0];
            Assert.Equal((round, start, RoundState.Ongoing), (row.Id.Number, row.Due, row.State));
            await EndAsync(row.Id);
        }
        Assert.Null(await reconciler.ReconcileAsync(key, Cancellation));
        var status = cache.Find(key)!["status"]!;
        Assert.Equal((2, 2, true), ((int)status["expectedRound"]!, (int)status["doneRound"]!, (bool)status["finish"]!));
        Assert.Null(status["missedRounds"]);
    }

    private async Task EndAsync(RoundId round)
    {
        foreach (var agent in new[] { "id-1", "id-2" })
            await rig.Collector.RefusedAsync(agent, new RoundRefused { RoundId = round.ToString(), Reason = "enough" });
    }

    private Task<IReadOnlyList<RoundRow>> RowsAsync() => rig.Store.HistoryAsync("uid-1", 10, Cancellation);

    private static JsonObject Manifest(TaskKind kind, string schedule)
    {
        var target = kind switch
        {
            TaskKind.AppHttpHealthy => """{"host": "http://shop.default", "method": "GET"}""",
            TaskKind.Netdns => """{"targetUser": {"server": "10.0.0.53"}}""",
            _ => "{}",
        };
        return JsonNode.Parse(
            $$"""
            {
              "apiVersion": "kdoctor.io/v1beta1", "kind": "{{kind}}",
              "metadata": {"name": "scheduled", "uid": "uid-1", "generation": 1, "creationTimestamp": "2030-05-17T12:00:07Z"},
              "spec": {"schedule": {"schedule": "{{schedule}}", "roundNumber": 2, "roundTimeoutMinute": 1}, "target": {{target}}}
            }
            """)!.AsObject();
    }
}
