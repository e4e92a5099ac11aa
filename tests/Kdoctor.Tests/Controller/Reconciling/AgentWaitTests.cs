using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Tasks;
using Kdoctor.TestKit.Reports;
using Kdoctor.Tests.Controller.Collecting;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kdoctor.Tests.Controller.Reconciling;

/// <summary>Tasks whose agents are on their way: the status says so, and says it before anything else can be said.</summary>
public sealed class AgentWaitTests : IAsyncLifetime
{
    private static readonly TaskKey Key = new(TaskKind.NetReach, "mine");

    private readonly CollectorRig rig = new(agents: 5);
    private readonly TaskCache cache = new();
    private readonly MemoryTaskApi api;
    private readonly TaskReconciler reconciler;
    private ImmutableArray<AgentInfo> agents = [.. Enumerable.Range(1, 5).Select(n => MeshSnapshot.Agent(n, connected: false) with { MayCome = true, Absence = n > 2 ? "its pod is starting" : null })];

    public AgentWaitTests()
    {
        api = new MemoryTaskApi(cache);
        reconciler = new TaskReconciler(
            cache, api, rig.Store, rig.Collector, rig.Sessions, new ComingView(this), new ReconcilerOptions(), rig.Time, NullLogger<TaskReconciler>.Instance);
    }

    private JsonNode Status => cache.Find(Key)!["status"]!;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task A_task_is_accepted_at_first_sight_and_says_whom_its_round_waits_for()
    {
        Apply();
        Assert.Equal(rig.Time.GetUtcNow().AddMilliseconds(100), await ReconcileAsync());
        Assert.Equal(("Accepted", "True", 1), (Status["conditions"]![0]!["type"]!.ToString(), Status["conditions"]![0]!["status"]!.ToString(), (int)Status["observedGeneration"]!));
        Assert.Equal(
            """{"for":"agents","dueTimeStamp":"2030-05-17T12:00:00Z","reason":"round 1 waits for agents, until 2030-05-17T12:01:00Z at the latest: agent-1 on node-1: it has not connected yet; agent-2 on node-2: it has not connected yet; agent-3 on node-3: its pod is starting; and 2 more"}""",
            Status["waiting"]!.ToJsonString());
        Assert.Equal((0, false), ((int)Status["doneRound"]!, (bool)Status["finish"]!));

        agents = [];
        rig.Time.Advance(TimeSpan.FromSeconds(61));
        await ReconcileAsync();
        Assert.Null(Status["waiting"]);
        Assert.Equal("True", Status["conditions"]![0]!["status"]!.ToString());
    }

    [Fact]
    public async Task A_task_that_waits_for_agents_and_is_edited_says_that_the_new_spec_is_accepted()
    {
        Apply();
        await ReconcileAsync();
        Apply(generation: 2);
        await ReconcileAsync();
        Assert.Equal((2, 2), ((int)Status["observedGeneration"]!, (int)Status["conditions"]![0]!["observedGeneration"]!));
    }

    [Fact]
    public async Task Agents_that_come_one_after_the_other_are_told_every_five_seconds()
    {
        Apply();
        for (var look = 0; look < 70; look++)
        {
            await ReconcileAsync();
            rig.Time.Advance(TimeSpan.FromMilliseconds(100));
            agents = look % 20 == 0 ? agents.RemoveAt(0) : agents;
        }
        Assert.Equal(2, api.StatusWrites);
        Assert.EndsWith("at the latest: agent-4 on node-4: its pod is starting; agent-5 on node-5: its pod is starting", Status["waiting"]!["reason"]!.ToString(), StringComparison.Ordinal);
    }

    /// <summary>An edit may want agents that nobody had before: they start like those of a new task.</summary>
    /// <remarks>Seen red: StartWait knows the first round of a task by its number, and calls agents silent that an edit only just had made.</remarks>
    [Fact]
    public async Task The_first_round_of_an_edited_spec_waits_as_long_as_that_of_a_new_task()
    {
        var coming = agents;
        agents = [];
        Apply();
        rig.Time.Advance(TimeSpan.FromSeconds(61));
        await ReconcileAsync();
        Assert.Equal("unknown", Status["history"]![0]!["status"]!.ToString());

        agents = coming;
        rig.Time.Advance(TimeSpan.FromSeconds(9));
        Apply(generation: 2);
        await ReconcileAsync();
        Assert.StartsWith("round 2 waits for agents, until 2030-05-17T12:02:10Z at the latest: ", Status["waiting"]!["reason"]!.ToString(), StringComparison.Ordinal);
    }

    private void Apply(int generation = 1)
    {
        var before = cache.Find(Key)?["status"]?.DeepClone();
        api.Apply(Key, JsonNode.Parse(
            $$"""
            {
              "apiVersion": "kdoctor.io/v1beta1", "kind": "NetReach",
              "metadata": {"name": "mine", "uid": "uid-1", "generation": {{generation}}, "creationTimestamp": "2030-05-17T12:00:00Z"},
              "spec": {"schedule": {"schedule": "0 2", "roundNumber": 1, "roundTimeoutMinute": 1}, "request": {"durationInSecond": {{generation}} } }, "status": {{before?.ToJsonString() ?? "{}"}}
            }
            """)!.AsObject());
    }

    private Task<DateTimeOffset?> ReconcileAsync() => reconciler.ReconcileAsync(Key, TestContext.Current.CancellationToken);

    private sealed class ComingView(AgentWaitTests test) : IClusterView
    {
        public ClusterSnapshot Snapshot(TaskDefinition task) => new() { Agents = test.agents };
    }
}
