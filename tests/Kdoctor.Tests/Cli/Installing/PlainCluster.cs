using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Resources;
using Kdoctor.ApiServer.Storage;
using Kdoctor.Cli.Cluster;
using Kdoctor.Cli.Installing;
using Kdoctor.Controller.Serving;
using Kdoctor.Core.Deployment;
using Kdoctor.TestKit.ApiServer;

namespace Kdoctor.Tests.Cli.Installing;

/// <summary>An API server with every kind that an installation has and without server-side apply: our own, behind a real socket.</summary>
internal sealed class PlainCluster : IAsyncDisposable
{
    private readonly SqliteObjectStore store;
    private readonly LoopbackApi api;
    private readonly ApiConnection connection;

    private PlainCluster(SqliteObjectStore store, LoopbackApi api)
    {
        (this.store, this.api) = (store, api);
        connection = new ApiConnection(KubeconfigChoice.Read(api.Kubeconfig, null, _ => null));
        Objects = new ClusterObjects(connection);
    }

    public ClusterObjects Objects { get; }

    public static async Task<PlainCluster> StartAsync()
    {
        var store = SqliteObjectStore.Open(new SqliteObjectStoreOptions { Path = ":memory:" });
        return new PlainCluster(store, await LoopbackApi.StartAsync([.. ObjectKind.All.Select(Definition).Select(kind => new ApiResource(kind, store.Resource(kind)))], Clock.Real));
    }

    /// <summary><c>kdoctor install</c>, without waiting for what nobody starts here.</summary>
    public Task<CliRun> InstallAsync(params string[] options) => CliRun.OfAsync(["install", "--kubeconfig", api.Kubeconfig, "--timeout", "0", .. options]);

    /// <summary><c>kdoctor uninstall</c>.</summary>
    public Task<CliRun> UninstallAsync(params string[] options) => CliRun.OfAsync(["uninstall", "--kubeconfig", api.Kubeconfig, .. options]);

    /// <summary>Takes a ConfigMap's finalizers away, as whoever it waits for does.</summary>
    public Task ReleaseAsync(string configMap, CancellationToken cancellation) => connection.SendAsync(
        HttpMethod.Patch, $"api/v1/namespaces/{ClusterNames.Namespace}/configmaps/{configMap}",
        new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = null } }, cancellation, "application/merge-patch+json");

    public async ValueTask DisposeAsync()
    {
        connection.Dispose();
        await api.DisposeAsync();
        store.Dispose();
    }

    private static ResourceDefinition Definition(ObjectKind kind) => new()
    {
        Group = kind.ApiVersion.Split('/') is [var group, _] ? group : "",
        Version = kind.ApiVersion.Split('/')[^1],
        Kind = kind.Kind,
        Plural = kind.Plural,
        Singular = kind.Kind.ToLowerInvariant(),
        Scope = kind.Namespaced ? ResourceScope.Namespaced : ResourceScope.Cluster,
        Schema = WellKnownResources.Secret.Schema,
    };
}
