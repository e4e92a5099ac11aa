using System.Text.Json.Nodes;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Controller.ReportApi;
using Kdoctor.Core.Protocol;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Tasks;
using Kdoctor.TestKit.Reports;
using Kdoctor.Tests.Controller.Collecting;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kdoctor.Tests.Controller.Reconciling;

/// <summary>A spec that is edited while no round runs: what was found with the one before must not be read as the new one's.</summary>
public sealed class EditedTaskTests : IAsyncLifetime
{
    private static readonly TaskKey Key = new(TaskKind.NetReach, "reach");

    private readonly CollectorRig rig = new(agents: 2);
    private readonly TaskCache cache = new();
    private readonly MemoryTaskApi api;
    private readonly TaskReconciler reconciler;

    public EditedTaskTests()
    {
        api = new MemoryTaskApi(cache);
        reconciler = new TaskReconciler(
            cache, api, rig.Store, rig.Collector, rig.Sessions, new FixedView(MeshSnapshot.Of(2)), new ReconcilerOptions(), rig.Time, NullLogger<TaskReconciler>.Instance);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private JsonObject Status => cache.Find(Key)!["status"]!.AsObject();

    public async ValueTask InitializeAsync()
    {
        await rig.ConnectAsync(0);
        await rig.ConnectAsync(1);
    }

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    /// <summary>Against the defect: status and report show the verdict of the spec before as that of the new one, which never runs.</summary>
    /// <remarks>Seen red: rounds are not counted anew.</remarks>
    [Fact]
    public async Task A_finished_task_runs_its_new_spec_by_a_schedule_that_counts_from_the_edit()
    {
        await ApplyAsync(generation: 1, "0 60", rounds: 1);
        await EndAsync();
        Assert.Equal("""{"observedGeneration":1,"expectedRound":1,"doneRound":1,"finish":true,"lastRoundStatus":"unknown"}""", Told());

        rig.Time.Advance(TimeSpan.FromHours(10.4));
        var edit = rig.Time.GetUtcNow();
        Assert.Equal(edit.AddMinutes(5), await ApplyAsync(generation: 2, "5 60", rounds: 1));
        Assert.Equal("""{"observedGeneration":2,"expectedRound":1,"doneRound":0,"finish":false,"lastRoundStatus":null}""", Told());
        Assert.Null(Status["missedRounds"]);
        Assert.Equal(edit, DateTimeOffset.Parse((string)Status["scheduleStartTime"]!, null));
        await ReconcileAsync();
        Assert.Equal(edit, DateTimeOffset.Parse((string)Status["scheduleStartTime"]!, null));

        rig.Time.Advance(TimeSpan.FromMinutes(5));
        await ReconcileAsync();
        await EndAsync();
        Assert.Equal("""{"observedGeneration":2,"expectedRound":1,"doneRound":1,"finish":true,"lastRoundStatus":"unknown"}""", Told());
        Assert.Equal(["(2, 2)", "(1, 1)"], History());
        rig.Time.Advance(TimeSpan.FromHours(2));
        Assert.Null(await ReconcileAsync());
    }

    [Fact]
    public async Task A_finished_task_that_is_asked_for_more_rounds_runs_all_of_them_from_the_edit_and_misses_none()
    {
        await ApplyAsync(generation: 1, "0 2", rounds: 1);
        await EndAsync();
        rig.Time.Advance(TimeSpan.FromMinutes(61));
        await ApplyAsync(generation: 2, "0 2", rounds: 2);
        await EndAsync();
        rig.Time.Advance(TimeSpan.FromMinutes(2));
        await ReconcileAsync();
        await EndAsync();

        Assert.Equal("""{"observedGeneration":2,"expectedRound":2,"doneRound":2,"finish":true,"lastRoundStatus":"unknown"}""", Told());
        Assert.Equal(["(3, 2)", "(2, 2)", "(1, 1)"], History());
        Assert.Null(Status["missedRounds"]);
    }

    [Fact]
    public async Task A_task_that_is_asked_for_fewer_rounds_than_have_run_is_finished_by_those_of_its_new_spec()
    {
        await ApplyAsync(generation: 1, "0 2", rounds: -1);
        await EndAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(20));
        await ApplyAsync(generation: 2, "0 2", rounds: 1);
        Assert.Equal("""{"observedGeneration":2,"expectedRound":1,"doneRound":0,"finish":false,"lastRoundStatus":null}""", Told());
        await EndAsync();
        Assert.Equal("""{"observedGeneration":2,"expectedRound":1,"doneRound":1,"finish":true,"lastRoundStatus":"unknown"}""", Told());
    }

    [Fact]
    public async Task A_task_with_rounds_to_come_keeps_its_timetable_and_has_no_verdict_until_its_new_spec_has_run()
    {
        await ApplyAsync(generation: 1, "0 2", rounds: 3);
        await EndAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(MeshRound.Noon.AddMinutes(2), await ApplyAsync(generation: 2, "0 2", rounds: 3));
        Assert.Equal("""{"observedGeneration":2,"expectedRound":3,"doneRound":1,"finish":false,"lastRoundStatus":null}""", Told());
        Assert.Equal(["(1, 1)"], History());

        rig.Time.SetUtcNow(MeshRound.Noon.AddMinutes(2));
        await ReconcileAsync();
        await EndAsync();
        Assert.Equal("""{"observedGeneration":2,"expectedRound":3,"doneRound":2,"finish":false,"lastRoundStatus":"unknown"}""", Told());
    }

    [Fact]
    public async Task New_labels_leave_a_finished_task_finished()
    {
        await ApplyAsync(generation: 1, "0 60", rounds: 1);
        await EndAsync();
        var before = Status.ToJsonString();
        rig.Time.Advance(TimeSpan.FromHours(3));
        var labelled = Manifest(1, "0 60", 1);
        labelled["metadata"]!["labels"] = new JsonObject { ["team"] = "network" };
        labelled["status"] = Status.DeepClone();
        api.Apply(Key, labelled);
        Assert.Null(await ReconcileAsync());
        Assert.Equal(before, Status.ToJsonString());
        Assert.Equal(["(1, 1)"], History());
        Assert.True((bool)Status["finish"]!);
    }

    /// <summary>Against the defect: the status of a spec that is refused says that it has finished and succeeded.</summary>
    /// <remarks>Seen red: a refused spec's status keeps what the one before came to.</remarks>
    [Fact]
    public async Task A_wrong_spec_has_no_verdict_and_the_right_one_after_it_runs()
    {
        await ApplyAsync(generation: 1, "0 60", rounds: 1);
        await EndAsync();
        await ApplyAsync(generation: 2, "often", rounds: 2);
        Assert.Equal("""{"observedGeneration":2,"expectedRound":1,"doneRound":1,"finish":false,"lastRoundStatus":null}""", Told());
        await ApplyAsync(generation: 3, "0 60", rounds: 2);
        Assert.Equal("""{"observedGeneration":3,"expectedRound":2,"doneRound":0,"finish":false,"lastRoundStatus":null}""", Told());
        Assert.Equal(["(2, 3)", "(1, 1)"], History());
    }

    /// <summary>Against the defect: the report shows what an earlier spec's round found beside the present spec.</summary>
    /// <remarks>Seen red: the report shows the task's present spec.</remarks>
    [Fact]
    public async Task The_report_shows_the_spec_that_its_round_ran_with()
    {
        await ApplyAsync(generation: 1, "0 60", rounds: 1, qps: 5);
        await EndAsync();
        await ApplyAsync(generation: 2, "1 60", rounds: 1, qps: 7);
        var report = await ReportAsync();
        Assert.Equal((2L, 1L, 5L), ((long)report["status"]!["taskGeneration"]!, (long)report["task"]!["generation"]!, Qps(report)));
        Assert.Equal((1L, 1L), ((long)report["report"]!["latestRound"]!["roundNumber"]!, (long)report["report"]!["latestRound"]!["generation"]!));
        Assert.Equal((0L, 1L), ((long)report["status"]!["roundFinishedNumber"]!, (long)report["status"]!["totalRoundNumber"]!));

        rig.Time.Advance(TimeSpan.FromMinutes(1));
        await ReconcileAsync();
        await EndAsync();
        report = await ReportAsync();
        Assert.Equal((2L, 7L), ((long)report["task"]!["generation"]!, Qps(report)));
        Assert.Equal([2L, 1L], report["report"]!["history"]!.AsArray().Select(round => (long)round!["generation"]!));
    }

    private static long Qps(JsonObject report) => (long)report["task"]!["spec"]![ReportWords.SpecKey(TaskKind.NetReach)]!["request"]!["qps"]!;

    private static JsonObject Manifest(int generation, string schedule, int rounds, int qps = 5) => JsonNode.Parse(
        $$"""
        {
          "apiVersion": "kdoctor.io/v1beta1", "kind": "NetReach",
          "metadata": {"name": "reach", "uid": "uid-1", "generation": {{generation}}, "creationTimestamp": "2030-05-17T12:00:00Z"},
          "spec": {"schedule": {"schedule": "{{schedule}}", "roundNumber": {{rounds}}, "roundTimeoutMinute": 1}, "request": {"durationInSecond": 2, "qps": {{qps}}} }
        }
        """)!.AsObject();

    private Task<DateTimeOffset?> ApplyAsync(int generation, string schedule, int rounds, int qps = 5)
    {
        var manifest = Manifest(generation, schedule, rounds, qps);
        if (cache.Find(Key)?["status"]?.DeepClone() is { } status)
            manifest["status"] = status;
        api.Apply(Key, manifest);
        return ReconcileAsync();
    }

    private Task<DateTimeOffset?> ReconcileAsync() => reconciler.ReconcileAsync(Key, Cancellation);

    private async Task EndAsync()
    {
        var round = (await rig.Store.HistoryAsync("uid-1", 1, Cancellation))[0].Id.ToString();
        foreach (var agent in new[] { "id-1", "id-2" })
            await rig.Collector.RefusedAsync(agent, new RoundRefused { RoundId = round, Reason = "enough" });
        await ReconcileAsync();
    }

    private async Task<JsonObject> ReportAsync()
    {
        var documents = new ReportDocuments(cache, rig.Store, rig.Collector.ProgressOf, TaskLimits.Default, 256, rig.Time, NullLogger<ReportDocuments>.Instance);
        return (await documents.BuildAsync(new ReportKey(Key), 1, true, Cancellation))!.ToJson();
    }

    private string Told() => new JsonObject([.. new[] { "observedGeneration", "expectedRound", "doneRound", "finish", "lastRoundStatus" }
        .Select(field => KeyValuePair.Create(field, Status[field]?.DeepClone()))]).ToJsonString();

    private IEnumerable<string> History() => Status["history"]!.AsArray().Select(round => $"({round!["roundNumber"]}, {round["generation"]})");
}
