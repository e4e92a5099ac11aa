using k8s;
using Kdoctor.Controller.Objects;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Core.Tasks;
using Kdoctor.TestKit.ApiServer;
using Kdoctor.Tests.ApiServer;
using Xunit;

namespace Kdoctor.Tests.Controller.Reconciling;

/// <summary>Tasks over HTTPS, as the controller reads and writes them, against the embedded API server.</summary>
public sealed class KubernetesTaskApiTests
{
    private static readonly TaskKey Key = new(TaskKind.NetReach, "a.b");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_happens_to_a_task_is_listed_and_watched_and_its_status_is_written_once_per_version()
    {
        await using var server = await ApiTest.StartAsync();
        using var kubernetes = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(server.Api.Kubeconfig));
        var api = new KubernetesTaskApi(new KubernetesObjects(kubernetes, Clock.Real));

        // An empty server's version may be 0, which asks a watch for what is there and not for what happened.
        await server.CreateAsync(ApiTest.NetReach("first"));
        var before = await api.ListAsync(TaskKind.NetReach, Cancellation);
        Assert.Equal("first", Assert.Single(before.ByName).Key);

        await server.CreateAsync(ApiTest.NetReach(Key.Name));
        var task = (await api.ListAsync(TaskKind.NetReach, Cancellation)).ByName[Key.Name];
        var changed = task.DeepClone().AsObject();
        changed["status"] = new System.Text.Json.Nodes.JsonObject { ["doneRound"] = 3 };
        var stored = await api.WriteStatusAsync(Key, changed, Cancellation);
        Assert.Equal(3, stored!["status"]!["doneRound"]!.GetValue<int>());
        Assert.Null(await api.WriteStatusAsync(Key, changed, Cancellation));
        await server.Api.SendAsync(HttpMethod.Delete, $"{ApiTest.Path}/{Key.Name}");
        Assert.Null(await api.WriteStatusAsync(Key, stored, Cancellation));

        var seen = await api.WatchAsync(TaskKind.NetReach, before.ResourceVersion, Cancellation).Where(change => change.Kind != ObjectChangeKind.Bookmark).Take(3).ToListAsync(Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        Assert.Equal([ObjectChangeKind.Stored, ObjectChangeKind.Stored, ObjectChangeKind.Deleted], seen.Select(change => change.Kind));
        Assert.All(seen, change => Assert.Equal(Key.Name, KubernetesObjects.NameOf(change.Object)));
    }

    [Fact]
    public async Task A_server_that_does_not_know_the_kind_is_an_error_with_its_status()
    {
        await using var server = await ApiTest.StartAsync();
        using var kubernetes = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(server.Api.Kubeconfig));
        var api = new KubernetesTaskApi(new KubernetesObjects(kubernetes, Clock.Real));
        Assert.Equal(404, (await Assert.ThrowsAsync<ApiServerException>(() => api.ListAsync(TaskKind.Netdns, Cancellation))).Status);
        var stale = await Assert.ThrowsAsync<ApiServerException>(async () => await api.WatchAsync(TaskKind.NetReach, "999999999", Cancellation).FirstAsync(Cancellation));
        Assert.Equal(410, stale.Status);
    }
}
