using System.Globalization;
using System.Text.Json.Nodes;
using k8s;
using Kdoctor.Controller.Leading;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Controller.Serving;
using Kdoctor.Controller.Sessions;
using Kdoctor.Core.Tasks;
using Kdoctor.TestKit.Reports;
using Kdoctor.Tests.Controller.Collecting;
using Kdoctor.Tests.Controller.Reconciling;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kdoctor.Tests.Controller.Leading;

/// <summary>
/// More tasks than <c>limits.maxTasks</c>. Seen red: it was the size of a queue. At a start the tasks that did not fit were dropped from it and not looked at
/// before they changed, and no status said so.
/// </summary>
public sealed class TooManyTasksTests : IAsyncLifetime
{
    private readonly CollectorRig rig = new(agents: 2);
    private readonly TaskCache cache = new();
    private readonly MemoryTaskApi api;
    private readonly TaskReconciler reconciler;
    private readonly CancellationTokenSource over = new();
    private readonly LeaderWork work;
    private readonly TaskInformer informer;

    public TooManyTasksTests()
    {
        api = new MemoryTaskApi(cache);
        var options = new ControllerOptions { Reconciler = new ReconcilerOptions { MaxTasks = 2 } };
        reconciler = new TaskReconciler(
            cache, api, rig.Store, rig.Collector, rig.Sessions, new FixedView(MeshSnapshot.Of(2)), options.Reconciler, rig.Time, NullLogger<TaskReconciler>.Instance);
        informer = new TaskInformer(api, cache, key => work!.Enqueue(key), rig.Time, new Random(1), NullLogger<TaskInformer>.Instance);
        var parts = new ControllerParts
        {
            Kubernetes = new KubernetesClientConfiguration(),
            ClusterView = _ => throw new NotSupportedException(),
            Store = rig.Store,
            Agents = new JoinTokenAuthenticator("a-token-for-tests"),
            Time = rig.Time,
            Random = new Random(1),
            Logs = NullLoggerFactory.Instance,
        };
        work = new LeaderWork(options, parts, new LeaderSeat(parts.Leadership), cache, informer, reconciler, rig.Collector, rig.Sessions, NullLogger<LeaderWork>.Instance);
    }

    public async ValueTask InitializeAsync()
    {
        await rig.ConnectAsync(0);
        await rig.ConnectAsync(1);
    }

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        over.Dispose();
        work.Dispose();
        await rig.DisposeAsync();
    }

    [Fact]
    public async Task The_oldest_are_served_the_others_say_that_they_wait_and_the_next_is_served_as_soon_as_one_goes()
    {
        // By their creation, and of two at once by name.
        Apply("late", 5);
        Apply("first", 0);
        Apply("beta", 3);
        Apply("alpha", 3);
        var leading = LeadAsync();

        await ConditionAsync("first", "Valid");
        await ConditionAsync("alpha", "Valid");
        await ConditionAsync("beta", "TooManyTasks");
        var waits = await ConditionAsync("late", "TooManyTasks");
        Assert.Equal(
            ("Accepted", "False", "4 tasks are there, and limits.maxTasks in the controller's settings lets the 2 oldest of them be served; delete tasks that are no longer needed, or raise it"),
            (waits["type"]!.ToString(), waits["status"]!.ToString(), waits["message"]!.ToString()));
        Assert.Empty(await rig.Store.HistoryAsync("uid-late", 1, over.Token));

        // No clock has moved and no task has changed but the one that goes.
        Delete("first");
        await ConditionAsync("beta", "Valid");
        Delete("alpha");
        await ConditionAsync("late", "Valid");
        Assert.Single(await rig.Store.HistoryAsync("uid-late", 1, over.Token));

        await over.CancelAsync();
        await leading;
    }

    [Fact]
    public async Task A_task_that_came_before_the_limit_was_lowered_runs_its_round_to_its_end_and_one_that_has_finished_stays_as_it_is()
    {
        Apply("first", 0);
        Apply("second", 1);
        Apply("third", 2, rounds: 2);
        var key = new TaskKey(TaskKind.NetReach, "third");
        cache.Remove(new TaskKey(TaskKind.NetReach, "first"));
        await reconciler.ReconcileAsync(key, over.Token);
        Assert.Equal("Valid", Condition("third")!["reason"]!.ToString());

        Apply("first", 0);
        await reconciler.ReconcileAsync(key, over.Token);
        Assert.Equal("Valid", Condition("third")!["reason"]!.ToString());
        await EndAsync("third");
        await reconciler.ReconcileAsync(key, over.Token);
        Assert.Equal("TooManyTasks", Condition("third")!["reason"]!.ToString());
        Assert.Equal("unknown", cache.Find(key)!["status"]!["history"]![0]!["status"]!.ToString());
    }

    private static JsonObject Manifest(string name, int seconds, int rounds) => JsonNode.Parse(
        $$"""
        {
          "apiVersion": "kdoctor.io/v1beta1", "kind": "NetReach",
          "metadata": {"name": "{{name}}", "uid": "uid-{{name}}", "generation": 1, "creationTimestamp": "2030-05-17T11:59:{{seconds.ToString("00", CultureInfo.InvariantCulture)}}Z"},
          "spec": {"schedule": {"schedule": "0 5", "roundNumber": {{rounds}}}, "request": {"durationInSecond": 2, "qps": 5} }
        }
        """)!.AsObject();

    private async Task LeadAsync()
    {
        var following = informer.RunAsync(over.Token);
        await work.LeadAsync(over.Token);
        try
        {
            await following;
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private void Apply(string name, int seconds, int rounds = 1) => api.Apply(new TaskKey(TaskKind.NetReach, name), Manifest(name, seconds, rounds));

    // What the watch would tell.
    private void Delete(string name)
    {
        var key = new TaskKey(TaskKind.NetReach, name);
        api.Delete(key);
        work.Enqueue(key);
    }

    private async Task EndAsync(string name)
    {
        var round = (await rig.Store.HistoryAsync($"uid-{name}", 1, over.Token))[0].Id.ToString();
        foreach (var agent in new[] { "id-1", "id-2" })
            await rig.Collector.RefusedAsync(agent, new Kdoctor.Core.Protocol.RoundRefused { RoundId = round, Reason = "enough" });
    }

    private JsonNode? Condition(string name) => api.Find(new TaskKey(TaskKind.NetReach, name))?["status"]?["conditions"]?[0];

    private async Task<JsonNode> ConditionAsync(string name, string reason)
    {
        await api.WrittenAsync(() => Condition(name)?["reason"]?.ToString() == reason, TestContext.Current.CancellationToken);
        return Condition(name)!;
    }
}
