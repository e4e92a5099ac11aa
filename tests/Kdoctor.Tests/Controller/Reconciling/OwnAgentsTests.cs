using System.Text.Json.Nodes;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Controller.Runtimes;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Tasks.Specs;
using Kdoctor.TestKit.Reports;
using Kdoctor.Tests.Controller.Collecting;
using Kdoctor.Tests.Controller.Objects;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kdoctor.Tests.Controller.Reconciling;

public sealed class OwnAgentsTests : IAsyncLifetime
{
    private static readonly TaskKey Key = new(TaskKind.NetReach, "mine");

    private readonly CollectorRig rig = new(agents: 2);
    private readonly TaskCache cache = new();
    private readonly MemoryRuntimes runtimes = new();
    private MemoryTaskApi api = null!;
    private FakeCluster cluster = null!;
    private TaskReconciler reconciler = null!;

    private JsonObject Status => cache.Find(Key)!["status"]!.AsObject();

    public async ValueTask InitializeAsync()
    {
        cluster = await FakeCluster.StartAsync();
        api = new MemoryTaskApi(cache);
        reconciler = new TaskReconciler(
            cache, api, rig.Store, rig.Collector, rig.Sessions, new FixedView(MeshSnapshot.Of(2)), new ReconcilerOptions(), rig.Time, NullLogger<TaskReconciler>.Instance)
        {
            OwnAgents = new OwnAgents(runtimes, new TaskEvents(cluster.Objects, rig.Time, NullLogger<TaskEvents>.Instance), rig.Time),
        };
        await rig.ConnectAsync(0);
        await rig.ConnectAsync(1);
    }

    public async ValueTask DisposeAsync()
    {
        await rig.DisposeAsync();
        await cluster.DisposeAsync();
    }

    /// <summary>A task that becomes wrong behind the webhook's back, or by a rule that is new, is served no more: its agents go, and come back with it.</summary>
    /// <remarks>Seen red: TaskReconciler leaves the agents of a task that it refuses alone.</remarks>
    [Fact]
    public async Task A_task_that_is_no_longer_valid_loses_its_agents_until_it_is()
    {
        await ApplyAsync("{}", 1);
        Assert.Equal(("mine-1", "created"), (Assert.Single(runtimes.Kept), Resource()));

        await ApplyAsync("""{"env":[{"name":"X","valueFrom":{"secretKeyRef":{"name":"kdoctor-controller-tls","key":"ca.key"} } }]}""", 2);
        Assert.Equal((0, "deleted"), (runtimes.Kept.Count, Resource()));
        Assert.Contains("env[0].valueFrom.secretKeyRef", Assert.Single(Status["conditions"]!.AsArray())!["message"]!.GetValue<string>(), StringComparison.Ordinal);

        await ApplyAsync("{}", 3);
        Assert.Equal(("mine-3", "created"), (Assert.Single(runtimes.Kept), Resource()));
    }

    [Fact]
    public async Task A_task_that_was_never_valid_has_no_agents_to_lose()
    {
        Assert.Null(await ApplyAsync("""{"kind":"StatefulSet"}""", 1));
        Assert.Equal((0, false), (runtimes.Removals, Status.ContainsKey("resource")));
    }

    /// <remarks>Seen red: StatusProjection says nothing of the agents of a task that is refused, and nobody looks again.</remarks>
    [Fact]
    public async Task Agents_that_cannot_be_removed_are_told_beside_the_refusal_and_tried_again()
    {
        await ApplyAsync("{}", 1);
        runtimes.Problem = "the API server refused";
        Assert.Equal(rig.Time.GetUtcNow().AddSeconds(5), await ApplyAsync("""{"kind":"StatefulSet"}""", 2));
        Assert.Equal(["Accepted", "AgentsMade"], Status["conditions"]!.AsArray().Select(condition => condition!["type"]!.GetValue<string>()));
        Assert.NotEqual("deleted", Resource());

        runtimes.Problem = null;
        Assert.Null(await reconciler.ReconcileAsync(Key, TestContext.Current.CancellationToken));
        Assert.Equal(("deleted", "Accepted"), (Resource(), Assert.Single(Status["conditions"]!.AsArray())!["type"]!.GetValue<string>()));
    }

    private string Resource() => Status["resource"]!["runtimeStatus"]!.GetValue<string>();

    private Task<DateTimeOffset?> ApplyAsync(string agentSpec, int generation)
    {
        var status = cache.Find(Key)?["status"]?.DeepClone();
        var task = JsonNode.Parse(
            $$"""
            {
              "apiVersion": "kdoctor.io/v1beta1", "kind": "NetReach",
              "metadata": {"name": "mine", "uid": "uid-1", "generation": {{generation}}, "creationTimestamp": "2030-05-17T12:00:00Z"},
              "spec": {"schedule": {"schedule": "1 2", "roundNumber": 2, "roundTimeoutMinute": 1}, "agentSpec": {{agentSpec}} }
            }
            """)!.AsObject();
        task["status"] = status;
        api.Apply(Key, task);
        return reconciler.ReconcileAsync(Key, TestContext.Current.CancellationToken);
    }

    /// <summary>Runtimes that are there as soon as they are asked for.</summary>
    private sealed class MemoryRuntimes : ITaskRuntimes
    {
        public event Action<TaskKey>? Changed;

        public List<string> Kept { get; } = [];

        public int Removals { get; private set; }

        public string? Problem { get; set; }

        public Task<RuntimeState> KeepAsync(TaskDefinition task, CancellationToken cancellation)
        {
            Kept.Clear();
            Kept.Add($"{task.Name}-{task.Generation}");
            Changed?.Invoke(Key);
            return Task.FromResult(new RuntimeState(Resource("created"), Problem));
        }

        public Task<RuntimeState> RemoveAsync(TaskKey task, string uid, TaskResourceStatus known, CancellationToken cancellation)
        {
            Assert.Equal((Key, "uid-1", "netreach-mine"), (task, uid, known.RuntimeName));
            Removals++;
            if (Problem is null)
                Kept.Clear();
            return Task.FromResult(new RuntimeState(Resource(Problem is null ? "deleted" : "created"), Problem));
        }

        public void Forget(TaskKey task) => Kept.Clear();

        private static TaskResourceStatus Resource(string status) => new() { RuntimeName = "netreach-mine", RuntimeType = "DaemonSet", RuntimeStatus = status };
    }
}
