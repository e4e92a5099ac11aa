using System.Text.Json.Nodes;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Controller.ReportApi;
using Kdoctor.Controller.Storage;
using Kdoctor.Core.Protocol;
using Kdoctor.Core.Tasks;
using Kdoctor.TestKit.Reports;
using Kdoctor.Tests.Controller.Collecting;
using Kdoctor.Tests.Controller.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kdoctor.Tests.Controller.Reconciling;

/// <summary>A controller whose store is younger than its tasks: a pod with a volume of its own was replaced. The tasks' own status tells what ran.</summary>
public sealed class YoungStoreTests : IAsyncLifetime
{
    private static readonly TaskKey Key = new(TaskKind.NetReach, "reach.task");

    private readonly TaskCache cache = new();
    private readonly MemoryTaskApi api;
    private CollectorRig rig = new(agents: 2);
    private TaskReconciler reconciler;

    public YoungStoreTests()
    {
        api = new MemoryTaskApi(cache);
        reconciler = NewReconciler();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private JsonObject Status => cache.Find(Key)!["status"]!.AsObject();

    public ValueTask InitializeAsync() => ConnectAsync();

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task A_finished_task_stays_finished_and_its_status_as_it_was()
    {
        await RunAsync("0 2", rounds: 1);
        var before = Status.ToJsonString();
        Assert.Contains("\"finish\":true", before, StringComparison.Ordinal);

        await LoseTheStoreAsync(TimeSpan.FromHours(1));
        Assert.Null(await ReconcileAsync());

        Assert.Equal(before, Status.ToJsonString());
        Assert.Empty(rig.Collector.Running);
    }

    [Fact]
    public async Task Rounds_go_on_with_the_next_number_and_none_runs_twice()
    {
        await RunAsync("0 2", rounds: 3);
        await LoseTheStoreAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(MeshRound.Noon.AddMinutes(2), await ReconcileAsync());

        rig.Time.SetUtcNow(MeshRound.Noon.AddMinutes(2));
        await ReconcileAsync();
        Assert.Equal([(2, false), (1, true)], (await RowsAsync()).Select(row => (row.Id.Number, row.Recalled)));
        await EndAsync();
        await ReconcileAsync();
        Assert.Equal((2, false), ((int)Status["doneRound"]!, (bool)Status["finish"]!));
        Assert.Equal([2, 1], Status["history"]!.AsArray().Select(round => (int)round!["roundNumber"]!));
    }

    [Fact]
    public async Task A_round_that_ran_when_its_records_were_lost_is_unknown_and_not_run_again()
    {
        api.Apply(Key, Manifest("0 2", 1));
        await ReconcileAsync();
        Assert.Equal("ongoing", (string)Status["history"]![0]!["status"]!);

        await LoseTheStoreAsync(TimeSpan.FromSeconds(5));
        Assert.Null(await ReconcileAsync());

        Assert.Equal(("unknown", StatusRecall.Lost), ((string)Status["history"]![0]!["status"]!, (string)Status["history"]![0]!["failureReason"]!));
        Assert.Equal((1, true, "unknown"), ((int)Status["doneRound"]!, (bool)Status["finish"]!, (string)Status["lastRoundStatus"]!));

        // An agent that still runs it is told to stop, and what it found is nobody's any more.
        var agent = await rig.ConnectAsync(0, "uid-1/1");
        Assert.Contains(CollectorRig.Told(agent), message => message.Cancel is not null);
    }

    [Fact]
    public async Task A_superseded_round_still_counts_as_none_that_was_asked_for()
    {
        api.Apply(Key, Manifest("0 60", 1));
        await ReconcileAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        var edited = Manifest("0 60", 1);
        edited["metadata"]!["generation"] = 2;
        api.Apply(Key, edited);
        await ReconcileAsync();
        await EndAsync();
        await ReconcileAsync();
        var before = Status.ToJsonString();

        await LoseTheStoreAsync(TimeSpan.FromSeconds(30));
        Assert.Null(await ReconcileAsync());

        Assert.Equal(before, Status.ToJsonString());
        Assert.Equal((1, 1), ((await rig.Store.TotalsAsync("uid-1", Cancellation)).Done, (await rig.Store.TotalsAsync("uid-1", Cancellation)).Superseded));
    }

    /// <summary>Against the defect: a round that an earlier spec asked for is taken for one of the present spec, and this one never runs; or it is run twice.</summary>
    /// <remarks>Seen red: the recalled rounds have the generation that the status observed.</remarks>
    [Fact]
    public async Task A_finished_task_that_was_edited_meanwhile_runs_its_new_spec_and_stays_finished_then()
    {
        await RunAsync("0 60", rounds: 1);
        var edited = Manifest("5 60", 1);
        edited["metadata"]!["generation"] = 2;
        api.Apply(Key, edited);
        var edit = rig.Time.GetUtcNow();
        Assert.Equal(edit.AddMinutes(5), await ReconcileAsync());
        Assert.Equal(["(1, 1)"], History());

        await LoseTheStoreAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(edit.AddMinutes(5), await ReconcileAsync());
        rig.Time.SetUtcNow(edit.AddMinutes(5));
        await ReconcileAsync();
        await EndAsync();
        await ReconcileAsync();
        var before = Status.ToJsonString();
        Assert.Equal(["(2, 2)", "(1, 1)"], History());
        Assert.Equal((1, true), ((int)Status["doneRound"]!, (bool)Status["finish"]!));

        await LoseTheStoreAsync(TimeSpan.FromMinutes(1));
        Assert.Null(await ReconcileAsync());
        Assert.Equal(before, Status.ToJsonString());
    }

    /// <summary>A store whose connection breaks with the commit is asked a second time, and says that it knows the task already.</summary>
    /// <remarks>Seen red: TaskReconciler took that for a task without rounds, and ran a first one where the status had forgotten its own.</remarks>
    [Fact]
    public async Task Rounds_that_were_recalled_by_an_attempt_whose_answer_was_lost_are_not_run_again()
    {
        var task = Manifest("0 2", 20);
        task["status"] = JsonNode.Parse("""{"observedGeneration":1,"doneRound":14,"history":[{"roundNumber":14,"status":"succeed","startTimeStamp":"2030-05-17T12:26:00Z","endTimeStamp":"2030-05-17T12:26:09Z"}]}""");
        api.Apply(Key, task);
        rig.Time.SetUtcNow(MeshRound.Noon.AddMinutes(28));
        reconciler = NewReconciler(StoreProxy.Of(rig.Store, nameof(IRoundStore.RecallAsync), arguments => TwiceAsync((RecalledTask)arguments[0]!)));
        await ReconcileAsync();
        Assert.Equal([15, 14], (await RowsAsync()).Select(row => row.Id.Number));

        async Task<bool> TwiceAsync(RecalledTask recalled)
        {
            await rig.Store.RecallAsync(recalled, Cancellation);
            return await rig.Store.RecallAsync(recalled, Cancellation);
        }
    }

    [Fact]
    public async Task Missed_due_times_stay_counted()
    {
        await RunAsync("0 2", rounds: -1);
        rig.Time.SetUtcNow(MeshRound.Noon.AddMinutes(8));
        await ReconcileAsync();
        await EndAsync();
        await ReconcileAsync();
        Assert.Equal(3, (int)Status["missedRounds"]!["count"]!);

        await LoseTheStoreAsync(TimeSpan.FromMinutes(3));
        Assert.Equal(MeshRound.Noon.AddMinutes(12), await ReconcileAsync());
        Assert.Equal(4, (int)Status["missedRounds"]!["count"]!);
    }

    [Fact]
    public async Task The_report_says_that_earlier_results_are_gone_and_invents_none()
    {
        await RunAsync("0 2", rounds: 1);
        await LoseTheStoreAsync(TimeSpan.FromMinutes(1));
        await ReconcileAsync();

        var documents = new ReportDocuments(cache, rig.Store, rig.Collector.ProgressOf, TaskLimits.Default, 256, rig.Time, NullLogger<ReportDocuments>.Instance);
        var report = (await documents.BuildAsync(new ReportKey(Key), 1, true, Cancellation))!.ToJson();

        Assert.Equal("Finished", (string)report["status"]!["status"]!);
        var round = report["report"]!["latestRound"]!;
        Assert.Contains("gone with the store of an earlier controller", (string)round["summary"]!, StringComparison.Ordinal);
        Assert.Null(round["requests"]);
        Assert.Empty(report["report"]!["latestRoundReport"]?.AsArray() ?? []);
    }

    private async Task RunAsync(string schedule, int rounds)
    {
        api.Apply(Key, Manifest(schedule, rounds));
        await ReconcileAsync();
        await EndAsync();
        await ReconcileAsync();
    }

    // Another process, another file; the API server is what it was.
    private async Task LoseTheStoreAsync(TimeSpan later)
    {
        var now = rig.Time.GetUtcNow() + later;
        await rig.DisposeAsync();
        rig = new CollectorRig(agents: 2);
        rig.Time.SetUtcNow(now);
        reconciler = NewReconciler();
        await rig.Collector.ResumeAsync();
        await ConnectAsync();
    }

    private async ValueTask ConnectAsync()
    {
        await rig.ConnectAsync(0);
        await rig.ConnectAsync(1);
    }

    private TaskReconciler NewReconciler(IRoundStore? store = null) => new(
        cache, api, store ?? rig.Store, rig.Collector, rig.Sessions, new FixedView(MeshSnapshot.Of(2)), new ReconcilerOptions(), rig.Time, NullLogger<TaskReconciler>.Instance);

    private Task<DateTimeOffset?> ReconcileAsync() => reconciler.ReconcileAsync(Key, Cancellation);

    private IEnumerable<string> History() => Status["history"]!.AsArray().Select(round => $"({round!["roundNumber"]}, {round["generation"]})");

    private Task<IReadOnlyList<RoundRow>> RowsAsync() => rig.Store.HistoryAsync("uid-1", 10, Cancellation);

    private async Task EndAsync()
    {
        var round = (await RowsAsync())[0].Id.ToString();
        foreach (var agent in new[] { "id-1", "id-2" })
            await rig.Collector.RefusedAsync(agent, new RoundRefused { RoundId = round, Reason = "enough" });
    }

    private static JsonObject Manifest(string schedule, int rounds) => JsonNode.Parse(
        $$"""
        {
          "apiVersion": "kdoctor.io/v1beta1", "kind": "NetReach",
          "metadata": {"name": "reach.task", "uid": "uid-1", "generation": 1, "creationTimestamp": "2030-05-17T12:00:00Z"},
          "spec": {"schedule": {"schedule": "{{schedule}}", "roundNumber": {{rounds}}, "roundTimeoutMinute": 1}, "request": {"durationInSecond": 2, "qps": 5} }
        }
        """)!.AsObject();
}
