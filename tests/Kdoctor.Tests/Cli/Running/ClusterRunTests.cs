using System.Collections.Concurrent;
using System.Text.Json;
using k8s;
using Kdoctor.ApiServer.Storage;
using Kdoctor.Cli.Cluster;
using Kdoctor.Cli.Lab;
using Kdoctor.Cli.Running;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Tasks;
using Kdoctor.TestKit.ApiServer;
using Kdoctor.TestKit.Rude;
using Xunit;

namespace Kdoctor.Tests.Cli.Running;

/// <summary>What <c>kdoctor run --kubeconfig</c> does in a cluster that does not play along.</summary>
public sealed class ClusterRunTests
{
    private const string Tasks = "apis/kdoctor.io/v1beta1/netreaches";
    private const string Order = "api/v1/namespaces/shop/configmaps";

    [Fact]
    public async Task A_run_that_is_refused_half_way_leaves_nothing_of_its_own_and_all_that_was_there()
    {
        using var store = SqliteObjectStore.Open(new SqliteObjectStoreOptions { Path = ":memory:" });
        await using var api = await LoopbackApi.StartAsync([.. LabResources.Create(store)], Clock.Real);
        await api.SendAsync(HttpMethod.Post, Tasks, """{"apiVersion": "kdoctor.io/v1beta1", "kind": "NetReach", "metadata": {"name": "second"}}""");

        var run = await CliRun.OfAsync(["run", "-f", "-", "--kubeconfig", api.Kubeconfig], $$"""
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: order, namespace: shop}
            data: {body: one apple}
            ---
            {{Manifest("first")}}
            ---
            {{Manifest("second")}}
            """);

        Assert.Equal(
            (3, "kdoctor: NetReach second is there already; remove it with 'kubectl delete netreaches second', or give the file's task another name\n"), (run.ExitCode, run.Error));
        Assert.Equal(["second"], await NamesAsync(api, Tasks));
        Assert.Empty(await NamesAsync(api, Order));
    }

    /// <summary>Seen red: the lab's limits were held against the manifest, and what the cluster's settings allow was refused before it was asked.</summary>
    [Fact]
    public async Task What_a_cluster_allows_is_judged_by_its_API_server_and_everything_else_here_with_its_line()
    {
        await using var api = await LoopbackApi.StartAsync([], Clock.Real);

        var run = await CliRun.OfAsync(["run", "-f", "-", "--kubeconfig", api.Kubeconfig], Manifest("first") + "\nspec: {request: {qps: 100000}}\n");
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("does not know tasks: kdoctor is not installed there", run.Error, StringComparison.Ordinal);
        var health = Manifest("first").Replace("NetReach", "AppHttpHealthy", StringComparison.Ordinal) + "\nspec: {target: {host: 'http://169.254.169.254/', method: GET}}\n";
        Assert.Equal(3, (await CliRun.OfAsync(["run", "-f", "-", "--kubeconfig", api.Kubeconfig], health)).ExitCode);

        var wrong = await CliRun.OfAsync(["run", "-f", "-", "--kubeconfig", api.Kubeconfig], Manifest("first") + "\nspec: {request: {qps: 0}}\n");
        Assert.Equal(2, wrong.ExitCode);
        Assert.StartsWith("-:4: spec.request.qps: is 0", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_without_kdoctor_is_told_from_one_without_the_report()
    {
        await using var api = await LoopbackApi.StartAsync([], Clock.Real);

        var report = await CliRun.OfAsync(["report", "reach-task", "--kubeconfig", api.Kubeconfig]);
        Assert.Equal(3, report.ExitCode);
        Assert.Contains("kdoctor is not installed there; install it with 'kdoctor install'", report.Error, StringComparison.Ordinal);

        var run = await CliRun.OfAsync(["run", "-f", "-", "--kubeconfig", api.Kubeconfig], Manifest("first"));
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("does not know tasks: kdoctor is not installed there", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_not_known_there_is_told_where_to_look()
    {
        await using var api = await LoopbackApi.StartAsync([], Clock.Real);
        await File.WriteAllTextAsync(
            api.Kubeconfig, (await File.ReadAllTextAsync(api.Kubeconfig, TestContext.Current.CancellationToken)).Replace(LoopbackApi.Token, "another", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        var run = await CliRun.OfAsync(["report", "reach-task", "--kubeconfig", api.Kubeconfig]);
        Assert.Equal((3, $"kdoctor: {api.Address} does not know who asks (401 Unauthorized); look at the user of the kubeconfig's context\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task A_server_that_the_kubeconfig_does_not_trust_is_told_from_one_that_is_away()
    {
        await using var api = await LoopbackApi.StartAsync([], Clock.Real);
        var text = await File.ReadAllTextAsync(api.Kubeconfig, TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(api.Kubeconfig, text.Split('\n').Where(line => !line.Contains("certificate-authority-data", StringComparison.Ordinal)), TestContext.Current.CancellationToken);

        var run = await CliRun.OfAsync(["report", "reach-task", "--kubeconfig", api.Kubeconfig]);
        Assert.Equal(3, run.ExitCode);
        Assert.Matches($"^kdoctor: no answer from {api.Address}: .*certificate.*; see that the cluster is up, and that it is the one you mean: .*\n$", run.Error);
    }

    /// <summary>Seen red: the creation was cut off by whoever had enough, and what the server made of it all the same stayed there.</summary>
    [Fact]
    public async Task What_was_being_created_when_the_user_had_enough_is_removed_and_nothing_more_is_created()
    {
        using var enough = new CancellationTokenSource();
        var asked = new ConcurrentQueue<string>();
        await using var server = RudeServer.Start(async connection =>
        {
            var head = await connection.ReadRequestAsync();
            asked.Enqueue(head.Split('\r')[0]);
            await enough.CancelAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
            await connection.StayAsync();
        });
        using var cluster = new ClusterClient(new KubernetesClientConfiguration { Host = $"http://{server.EndPoint}" }, Clock.Real);
        var run = new TaskRun(cluster, Files("first", "second"), new ControllerWait(Clock.Real, _ => { }), _ => { });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.FollowAsync(enough.Token));
        Assert.Empty(await run.CleanUpAsync(TestContext.Current.CancellationToken));

        Assert.Equal([$"POST /{Tasks} HTTP/1.1", $"DELETE /{Tasks}/first HTTP/1.1"], asked);
    }

    [Fact]
    public async Task Whoever_had_enough_is_not_held_up_by_a_server_that_does_not_answer_a_creation()
    {
        using var enough = new CancellationTokenSource();
        await using var server = RudeServer.Start(async connection =>
        {
            await connection.ReadRequestAsync();
            await enough.CancelAsync();
            await connection.StayAsync();
        });
        using var cluster = new ClusterClient(new KubernetesClientConfiguration { Host = $"http://{server.EndPoint}" }, new HurriedTime());

        var silence = await Assert.ThrowsAsync<ClusterException>(() => cluster.CreateTaskAsync("netreaches", Files("first").Tasks[0].Document, enough.Token));
        Assert.Equal($"no answer from {cluster.Server} within 5 s; NetReach first may be there now: look with kubectl", silence.Message);
    }

    [Fact]
    public async Task A_watch_whose_connection_breaks_is_taken_up_again()
    {
        await using var server = RudeServer.Start(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
            if (connection.Number == 1)
            {
                await connection.SendAsync("5\r\n{\"ty");
                connection.Reset();
                return;
            }
            var line = $"{{\"type\":\"ADDED\",\"object\":{Report("second")}}}\n";
            await connection.SendAsync($"{line.Length:x}\r\n{line}\r\n");
            await connection.StayAsync();
        });
        using var cluster = new ClusterClient(new KubernetesClientConfiguration { Host = $"http://{server.EndPoint}" }, Clock.Real);
        await foreach (var report in cluster.WatchReportsAsync(new ControllerWait(Clock.Real, _ => { }), TestContext.Current.CancellationToken))
        {
            Assert.Equal("second", report.Task.Name);
            break;
        }
        Assert.Equal(2, server.Accepted);
    }

    private static RunFiles Files(params string[] names) =>
        RunManifests.Read(["-"], new StringReader(string.Join("\n---\n", names.Select(Manifest))), new RunChanges(Now: true, Rounds: 1), TaskLimits.Lab);

    private static string Manifest(string name) => $$"""
        apiVersion: kdoctor.io/v1beta1
        kind: NetReach
        metadata: {name: {{name}}}
        """;

    private static async Task<IEnumerable<string>> NamesAsync(LoopbackApi api, string path) =>
        (await api.SendAsync(HttpMethod.Get, path)).Json["items"]!.AsArray().Select(item => item!["metadata"]!["name"]!.ToString());

    private static string Report(string task) => JsonSerializer.Serialize(
        ReportBuilder.Build(new ReportSource
        {
            Metadata = new ReportMetadata($"netreach-{task}", null, null, null, null),
            TaskName = task,
            TaskKind = TaskKind.NetReach,
            Generation = 1,
            Spec = new SpecShown(1, []),
            Rounds = 1,
            RoundsDone = 0,
            History = [],
        }),
        ReportJson.Default.KdoctorReport);
}
