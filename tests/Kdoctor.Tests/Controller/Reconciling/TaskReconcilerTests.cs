using System.Text.Json.Nodes;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Controller.Storage;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Protocol;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Verdicts;
using Kdoctor.TestKit.Reports;
using Kdoctor.Tests.Controller.Collecting;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kdoctor.Tests.Controller.Reconciling;

public sealed class TaskReconcilerTests : IAsyncLifetime
{
    private static readonly TaskKey Key = new(TaskKind.NetReach, "reach.task");

    private readonly CollectorRig rig = new(agents: 2);
    private readonly TaskCache cache = new();
    private readonly MemoryTaskApi api;
    private readonly TaskReconciler reconciler;

    public TaskReconcilerTests()
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

    // C15: the predecessor never collected a report of a task with a dot in its name.
    [Fact]
    public async Task A_task_waits_for_its_due_time_then_runs_a_round_and_says_so()
    {
        api.Apply(Key, Manifest("1 2"));
        Assert.Equal(MeshRound.Noon.AddMinutes(1), await ReconcileAsync());
        Assert.Equal("""{"expectedRound":2,"doneRound":0,"finish":false}""", Text("expectedRound", "doneRound", "finish"));

        rig.Time.SetUtcNow(MeshRound.Noon.AddMinutes(1));
        Assert.Equal(MeshRound.Noon.AddMinutes(3), await ReconcileAsync());
        Assert.Equal("ongoing", Status["history"]![0]!["status"]!.GetValue<string>());
        Assert.Equal("2030-05-17T12:01:00.25Z", Status["history"]![0]!["startTimeStamp"]!.GetValue<string>());
        await EndAsync();
        await ReconcileAsync();
        Assert.Equal("""{"expectedRound":2,"doneRound":1,"finish":false,"lastRoundStatus":"unknown"}""", Text("expectedRound", "doneRound", "finish", "lastRoundStatus"));
    }

    /// <summary>C21, every agent wrote the same status. Against the defect: each look, or each agent, writes, and the count of writes is above one.</summary>
    /// <remarks>Seen red: TaskReconciler writes a status that has not changed.</remarks>
    [Fact]
    public async Task C21_a_status_has_one_writer_that_writes_only_what_changed()
    {
        api.Apply(Key, Manifest("1 2"));
        for (var look = 0; look < 5; look++)
            await ReconcileAsync();
        Assert.Equal(1, api.StatusWrites);
    }

    [Fact]
    public async Task A_status_that_meets_a_newer_object_is_written_later_and_overwrites_nothing()
    {
        api.Apply(Key, Manifest("1 2"));
        api.ChangeUnseen(Key);
        Assert.Equal(rig.Time.GetUtcNow().AddMilliseconds(100), await ReconcileAsync());
        Assert.Equal(0, api.StatusWrites);
    }

    /// <summary>The watch is a connection of its own, and may tell of a deletion before the answer to a write has been read.</summary>
    /// <remarks>Seen red: TaskReconciler put what it had written back into the cache, and a deleted task ran its rounds for ever.</remarks>
    [Fact]
    public async Task A_task_that_is_deleted_while_its_status_is_written_stays_deleted()
    {
        api.Apply(Key, Manifest("1 2"));
        api.Stored = () => api.Delete(Key);
        await ReconcileAsync();
        Assert.Null(cache.Find(Key));
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await ReconcileAsync());
        Assert.Empty(await RowsAsync());
    }

    /// <remarks>Seen red: TaskReconciler put what it had written in the place of the newer object, and the edit was not seen.</remarks>
    [Fact]
    public async Task A_task_that_is_edited_while_its_status_is_written_stays_edited()
    {
        api.Apply(Key, Manifest("1 2"));
        api.Stored = () =>
        {
            api.Stored = null;
            var edited = Manifest("5 9");
            edited["metadata"]!["generation"] = 2;
            edited["status"] = api.Find(Key)!["status"]!.DeepClone();
            api.Apply(Key, edited);
        };
        await ReconcileAsync();
        Assert.Equal(MeshRound.Noon.AddMinutes(5), await ReconcileAsync());
        Assert.Equal(2, (long)Status["observedGeneration"]!);
    }

    [Fact]
    public async Task Looking_twice_starts_one_round()
    {
        api.Apply(Key, Manifest("0 2"));
        await ReconcileAsync();
        await ReconcileAsync();
        Assert.Equal(1, Assert.Single(await RowsAsync()).Id.Number);
    }

    [Fact]
    public async Task A_wrong_task_gets_every_problem_and_no_round()
    {
        var wrong = Manifest("0 2");
        wrong["spec"]!["request"]!["qps"] = 0;
        wrong["spec"]!["expect"] = new JsonObject { ["successRate"] = 7 };
        api.Apply(Key, wrong);
        Assert.Null(await ReconcileAsync());
        Assert.Empty(await RowsAsync());
        var condition = Status["conditions"]![0]!;
        Assert.Equal("False", condition["status"]!.GetValue<string>());
        Assert.Contains("spec.request.qps", condition["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("spec.expect.successRate", condition["message"]!.GetValue<string>(), StringComparison.Ordinal);
        await ReconcileAsync();
        Assert.Equal(1, api.StatusWrites);
    }

    [Fact]
    public async Task A_spec_changed_while_its_round_runs_supersedes_the_round()
    {
        api.Apply(Key, Manifest("0 2"));
        await ReconcileAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        await EditAsync("0 2", rounds: 2, generation: 2);
        var rows = await RowsAsync();
        Assert.Equal([(2, 2, RoundState.Ongoing), (1, 1, RoundState.Ended)], rows.Select(row => (row.Id.Number, (int)row.Generation, row.State)));
        Assert.Equal((Verdict.Unknown, true), (rows[1].Verdict!.Value, rows[1].Superseded));
        Assert.StartsWith("superseded: the task was changed while the round ran; until then: ", rows[1].Summary, StringComparison.Ordinal);
    }

    /// <summary>A store may keep a round and break before it says so: the round is known to it alone.</summary>
    /// <remarks>Seen red: the round was superseded before it was taken up, so that it ran on, and its agents were told the load of the spec before.</remarks>
    [Fact]
    public async Task A_round_that_only_the_store_knows_is_superseded_by_an_edit_too()
    {
        await rig.Store.TryBeginAsync(rig.Record with { Plan = rig.Mesh.Plan with { Id = new RoundId("uid-1", 1), Generation = 1, TaskName = Key.Name } }, null, Cancellation);
        await EditAsync("0 2", rounds: 2, generation: 2);
        Assert.Equal([(2, RoundState.Ongoing, false), (1, RoundState.Ended, true)], (await RowsAsync()).Select(row => (row.Id.Number, row.State, row.Superseded)));
    }

    // The superseded round used up its number: with roundNumber 1 the new spec never ran.
    [Fact]
    public async Task A_task_of_one_round_that_is_edited_while_it_runs_still_runs_its_new_spec_once()
    {
        api.Apply(Key, Manifest("0 60", rounds: 1));
        await ReconcileAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        await EditAsync("0 60", rounds: 1, generation: 2);
        Assert.Equal("""{"expectedRound":1,"doneRound":0,"finish":false}""", Text("expectedRound", "doneRound", "finish"));
        await EndAsync();
        Assert.Null(await ReconcileAsync());
        Assert.Equal("""{"expectedRound":1,"doneRound":1,"finish":true}""", Text("expectedRound", "doneRound", "finish"));
        Assert.Equal([2, 1], Status["history"]!.AsArray().Select(round => round!["roundNumber"]!.GetValue<int>()));
    }

    [Fact]
    public async Task A_task_of_three_rounds_that_is_edited_in_its_third_runs_that_one_again_by_a_schedule_that_counts_from_the_edit()
    {
        api.Apply(Key, Manifest("0 2", rounds: 3));
        for (var round = 0; round < 3; round++)
        {
            rig.Time.SetUtcNow(MeshRound.Noon.AddMinutes(2 * round));
            await ReconcileAsync();
            if (round < 2)
                await EndAsync();
        }
        rig.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(MeshRound.Noon.AddSeconds(330), await EditAsync("1 2", rounds: 3, generation: 2));
        Assert.Equal("""{"expectedRound":3,"doneRound":2,"finish":false}""", Text("expectedRound", "doneRound", "finish"));
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        await ReconcileAsync();
        Assert.Equal((4, MeshRound.Noon.AddSeconds(330)), ((await RowsAsync())[0].Id.Number, (await RowsAsync())[0].Due));
        await EndAsync();
        await ReconcileAsync();
        Assert.Equal("""{"expectedRound":3,"doneRound":3,"finish":true}""", Text("expectedRound", "doneRound", "finish"));
    }

    [Fact]
    public async Task New_labels_leave_a_running_round_alone()
    {
        api.Apply(Key, Manifest("0 2"));
        await ReconcileAsync();
        var labelled = Manifest("0 2");
        labelled["metadata"]!["labels"] = new JsonObject { ["team"] = "network" };
        api.Apply(Key, labelled);
        await ReconcileAsync();
        Assert.Equal(RoundState.Ongoing, Assert.Single(await RowsAsync()).State);
    }

    [Fact]
    public async Task A_task_that_waits_for_its_finalizers_is_gone_already()
    {
        api.Apply(Key, Manifest("0 2"));
        await ReconcileAsync();
        var deleting = Manifest("0 2");
        deleting["metadata"]!["deletionTimestamp"] = "2030-05-17T12:00:01Z";
        api.Apply(Key, deleting);
        Assert.Null(await ReconcileAsync());
        Assert.Empty(await rig.Store.TaskUidsAsync(Cancellation));
    }

    [Fact]
    public async Task A_deleted_task_leaves_nothing_and_one_of_the_same_name_starts_anew()
    {
        api.Apply(Key, Manifest("0 2"));
        await ReconcileAsync();
        api.Delete(Key);
        Assert.Null(await ReconcileAsync());
        Assert.Empty(await rig.Store.TaskUidsAsync(Cancellation));

        var again = Manifest("0 2", uid: "uid-2");
        api.Apply(Key, again);
        await ReconcileAsync();
        Assert.Equal(new RoundId("uid-2", 1), Assert.Single(await rig.Store.HistoryAsync("uid-2", 10, Cancellation)).Id);
    }

    // C11: a task whose round was missed never ran again.
    [Fact]
    public async Task Due_times_that_passed_are_missed_and_the_next_round_runs()
    {
        api.Apply(Key, Manifest("0 2", rounds: -1));
        await ReconcileAsync();
        await EndAsync();
        rig.Time.SetUtcNow(MeshRound.Noon.AddMinutes(7));
        Assert.Equal(MeshRound.Noon.AddMinutes(8), await ReconcileAsync());
        Assert.Equal("""{"count":3,"lastTime":"2030-05-17T12:06:00Z"}""", Status["missedRounds"]!.ToJsonString());
        rig.Time.SetUtcNow(MeshRound.Noon.AddMinutes(8));
        await ReconcileAsync();
        Assert.Equal([2, 1], (await RowsAsync()).Select(row => row.Id.Number));
        Assert.Equal(3, (await rig.Store.TotalsAsync("uid-1", Cancellation)).Missed!.Count);
        Assert.Equal("""{"count":3,"lastTime":"2030-05-17T12:06:00Z"}""", Status["missedRounds"]!.ToJsonString());
    }

    /// <summary>C12, one node that was not ready blocked every round. Against the defect: the round waits until all agents are ready, and is not begun after five seconds.</summary>
    /// <remarks>Seen red: StartWait waits for all agents, however long.</remarks>
    [Fact]
    public async Task C12_an_agent_that_is_not_there_delays_a_round_by_seconds_and_takes_part_as_silent()
    {
        rig.Sessions.Remove(rig.Sessions.Find("id-2")!);
        api.Apply(Key, Manifest("0 2"));
        Assert.Equal(rig.Time.GetUtcNow().AddMilliseconds(100), await ReconcileAsync());
        Assert.Empty(await RowsAsync());
        rig.Time.Advance(TimeSpan.FromSeconds(5));
        await ReconcileAsync();
        Assert.False((await rig.Store.RoundAsync(new RoundId("uid-1", 1), Cancellation))!.Plan.Agents[1].Agent.Connected);
    }

    [Fact]
    public async Task A_first_round_that_starts_late_has_its_whole_time()
    {
        rig.Time.Advance(TimeSpan.FromHours(5));
        api.Apply(Key, Manifest("0 2", rounds: 1));
        await ReconcileAsync();
        Assert.Equal(MeshRound.Noon.AddHours(5).AddMinutes(1), Assert.Single(await RowsAsync()).Deadline);
    }

    /// <remarks>Seen red: it had what was left until the deadline, and all its agents were silent.</remarks>
    [Fact]
    public async Task A_round_that_waited_for_agents_has_the_time_that_its_load_takes()
    {
        rig.Sessions.Remove(rig.Sessions.Find("id-2")!);
        var manifest = Manifest("@every 10s");
        manifest["spec"]!["request"] = new JsonObject { ["durationInSecond"] = 9, ["qps"] = 5, ["perRequestTimeoutInMS"] = 900 };
        api.Apply(Key, manifest);
        await ReconcileAsync();
        Assert.Empty(await RowsAsync());
        rig.Time.Advance(TimeSpan.FromSeconds(5));
        await ReconcileAsync();
        Assert.Equal(MeshRound.Noon.AddSeconds(15), Assert.Single(await RowsAsync()).Deadline);
    }

    private static JsonObject Manifest(string schedule, int rounds = 2, string uid = "uid-1") => JsonNode.Parse(
        $$"""
        {
          "apiVersion": "kdoctor.io/v1beta1", "kind": "NetReach",
          "metadata": {"name": "reach.task", "uid": "{{uid}}", "generation": 1, "creationTimestamp": "2030-05-17T12:00:00Z"},
          "spec": {"schedule": {"schedule": "{{schedule}}", "roundNumber": {{rounds}}, "roundTimeoutMinute": 1}, "request": {"durationInSecond": 2, "qps": 5} }
        }
        """)!.AsObject();

    private Task<DateTimeOffset?> EditAsync(string schedule, int rounds, int generation)
    {
        var changed = Manifest(schedule, rounds);
        changed["metadata"]!["generation"] = generation;
        api.Apply(Key, changed);
        return ReconcileAsync();
    }

    private Task<DateTimeOffset?> ReconcileAsync() => reconciler.ReconcileAsync(Key, Cancellation);

    private Task<IReadOnlyList<RoundRow>> RowsAsync() => rig.Store.HistoryAsync("uid-1", 10, Cancellation);

    private async Task EndAsync()
    {
        var round = (await RowsAsync())[0].Id.ToString();
        foreach (var agent in new[] { "id-1", "id-2" })
            await rig.Collector.RefusedAsync(agent, new RoundRefused { RoundId = round, Reason = "enough" });
    }

    private string Text(params string[] fields) => new JsonObject([.. fields.Select(field => KeyValuePair.Create(field, Status[field]?.DeepClone()))]).ToJsonString();
}
