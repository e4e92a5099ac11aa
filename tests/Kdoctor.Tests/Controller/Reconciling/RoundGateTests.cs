using System.Text.Json.Nodes;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Controller.Storage;
using Kdoctor.Core.Planning.Budgets;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Verdicts;
using Kdoctor.TestKit.Reports;
using Kdoctor.Tests.Controller.Collecting;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kdoctor.Tests.Controller.Reconciling;

/// <summary>Rounds before the request budgets, as a controller meets them. Two agents ask five targets each: at 5 requests per second that is 50.</summary>
public sealed class RoundGateTests : IAsyncLifetime
{
    private static readonly TaskKey A = new(TaskKind.NetReach, "a");
    private static readonly TaskKey B = new(TaskKind.NetReach, "b");

    private readonly CollectorRig rig = new(agents: 2);
    private readonly TaskCache cache = new();
    private readonly MemoryTaskApi api;
    private TaskReconciler reconciler;

    public RoundGateTests()
    {
        api = new MemoryTaskApi(cache);
        reconciler = NewReconciler();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ConnectAsync();

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task A_round_waits_says_why_and_begins_when_the_load_before_it_is_over()
    {
        api.Apply(A, Manifest("a", "0 10"));
        api.Apply(B, Manifest("b", "0 10"));
        await ReconcileAsync(A);
        var again = await ReconcileAsync(B);
        Assert.Empty(await RowsAsync("b"));
        Assert.Equal(
            """{"for":"budgets","since":"2030-05-17T12:00:00Z","dueTimeStamp":"2030-05-17T12:00:00Z","reason":"it asks all agents together for 50 requests per second beside the 50 of other rounds, and 60 are allowed (budgets.clusterMaxQPS)"}""",
            Status(B)["waiting"]!.ToJsonString());

        // Two seconds of requests, half a second for the last answer, a quarter before and a second beyond: the results need not have come.
        Assert.Equal(MeshRound.Noon.AddSeconds(3.75), again);
        rig.Time.SetUtcNow(again!.Value);
        await ReconcileAsync(B);
        var row = Assert.Single(await RowsAsync("b"));
        Assert.Equal((RoundState.Ongoing, MeshRound.Noon), (row.State, row.Due));
        Assert.Null(Status(B)["waiting"]);
        var plan = (await rig.Store.RoundAsync(row.Id, Cancellation))!.Plan;
        Assert.Equal("this round waited 3.8 s for the request budgets: it asks all agents together for 50 requests per second beside the 50 of other rounds, and 60 are allowed (budgets.clusterMaxQPS)", plan.Notes[^1]);
    }

    [Fact]
    public async Task A_round_that_waits_longer_than_the_tolerance_is_not_missed_before_its_next_due_time()
    {
        api.Apply(A, Manifest("a", "0 10", seconds: 50));
        api.Apply(B, Manifest("b", "0 1"));
        await ReconcileAsync(B);
        await EndAsync("b");
        rig.Time.SetUtcNow(MeshRound.Noon.AddSeconds(59));
        await ReconcileAsync(A);
        for (var second = 60; second < 112; second++)
        {
            rig.Time.SetUtcNow(MeshRound.Noon.AddSeconds(second));
            await ReconcileAsync(B);
        }
        Assert.Equal([(2, MeshRound.Noon.AddMinutes(1)), (1, MeshRound.Noon)], (await RowsAsync("b")).Select(row => (row.Id.Number, row.Due)));
        Assert.Null(Status(B)["missedRounds"]);
    }

    [Fact]
    public async Task A_restart_keeps_the_place_in_the_line_and_what_runs()
    {
        api.Apply(A, Manifest("a", "0 10", seconds: 30));
        api.Apply(B, Manifest("b", "0 10"));
        await ReconcileAsync(A);
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        await ReconcileAsync(B);
        rig.Time.Advance(TimeSpan.FromSeconds(14));

        await rig.RestartAsync();
        reconciler = NewReconciler();
        await ConnectAsync("uid-a/1");
        await ReconcileAsync(B);
        Assert.Empty(await RowsAsync("b"));
        Assert.Equal("2030-05-17T12:00:01Z", Status(B)["waiting"]!["since"]!.GetValue<string>());
        rig.Time.Advance(TimeSpan.FromSeconds(20));
        await ReconcileAsync(B);
        Assert.Single(await RowsAsync("b"));
    }

    [Fact]
    public async Task A_round_that_no_budget_can_ever_hold_is_unknown_and_says_why()
    {
        api.Apply(A, Manifest("a", "0 10", qps: 7));
        await ReconcileAsync(A);
        var row = Assert.Single(await RowsAsync("a"));
        Assert.Equal((RoundState.Ended, Verdict.Unknown), (row.State, row.Verdict));
        Assert.Equal(
            "the round was not run: it asks all agents together for 70 requests per second, and 60 are allowed (budgets.clusterMaxQPS); "
            + "lower qps, 6 fits, or the number of targets, or ask whoever installed kdoctor to raise the budget", row.Summary);
        await ReconcileAsync(A);
        Assert.Equal(row.Summary, Status(A)["history"]![0]!["failureReason"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_task_that_is_deleted_or_spoiled_leaves_the_line()
    {
        api.Apply(A, Manifest("a", "0 10", seconds: 30));
        api.Apply(B, Manifest("b", "0 10"));
        await ReconcileAsync(A);
        await ReconcileAsync(B);
        Assert.NotNull(Status(B)["waiting"]);
        var wrong = Manifest("b", "0 10", qps: 0);
        wrong["status"] = Status(B).DeepClone();
        api.Apply(B, wrong);
        await ReconcileAsync(B);
        Assert.Null(Status(B)["waiting"]);
        api.Delete(A);
        await ReconcileAsync(A);
        api.Apply(B, Manifest("b", "0 10"));
        await ReconcileAsync(B);
        Assert.Single(await RowsAsync("b"));
    }

    private static JsonObject Manifest(string name, string schedule, int seconds = 2, int qps = 5) => JsonNode.Parse(
        $$"""
        {
          "apiVersion": "kdoctor.io/v1beta1", "kind": "NetReach",
          "metadata": {"name": "{{name}}", "uid": "uid-{{name}}", "generation": 1, "creationTimestamp": "2030-05-17T12:00:00Z"},
          "spec": {"schedule": {"schedule": "{{schedule}}", "roundNumber": -1, "roundTimeoutMinute": 1}, "request": {"durationInSecond": {{seconds}}, "qps": {{qps}}} }
        }
        """)!.AsObject();

    private TaskReconciler NewReconciler() => new(
        cache, api, rig.Store, rig.Collector, rig.Sessions, new FixedView(MeshSnapshot.Of(2)),
        new ReconcilerOptions { Budgets = new RequestBudgets { Cluster = 60 } }, rig.Time, NullLogger<TaskReconciler>.Instance);

    private async ValueTask ConnectAsync(params string[] held)
    {
        await rig.ConnectAsync(0, held);
        await rig.ConnectAsync(1, held);
    }

    private JsonObject Status(TaskKey key) => cache.Find(key)!["status"]!.AsObject();

    private Task<DateTimeOffset?> ReconcileAsync(TaskKey key) => reconciler.ReconcileAsync(key, Cancellation);

    private Task<IReadOnlyList<RoundRow>> RowsAsync(string name) => rig.Store.HistoryAsync($"uid-{name}", 10, Cancellation);

    private async Task EndAsync(string name)
    {
        var round = (await RowsAsync(name))[0].Id.ToString();
        foreach (var agent in new[] { "id-1", "id-2" })
            await rig.Collector.RefusedAsync(agent, new Kdoctor.Core.Protocol.RoundRefused { RoundId = round, Reason = "enough" });
    }
}
