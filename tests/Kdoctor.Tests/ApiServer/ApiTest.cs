using Kdoctor.ApiServer.Http;
using Kdoctor.ApiServer.Resources;
using Kdoctor.ApiServer.Storage;
using Kdoctor.TestKit.ApiServer;
using Kdoctor.TestKit.Contract;

namespace Kdoctor.Tests.ApiServer;

/// <summary>A store in memory and a server over it, for one test.</summary>
internal sealed class ApiTest : IAsyncDisposable
{
    public const string Path = "/apis/kdoctor.io/v1beta1/netreaches";
    public const string Merge = "application/merge-patch+json";

    public required SqliteObjectStore Store { get; init; }

    public required LoopbackApi Api { get; init; }

    public static async Task<ApiTest> StartAsync(
        TimeProvider? time = null,
        KubernetesApiOptions? options = null,
        SqliteObjectStoreOptions? storeOptions = null,
        Func<SqliteObjectStore, IReadOnlyList<ApiResource>>? resources = null,
        Kdoctor.ApiServer.Security.Authorization? authorization = null)
    {
        var store = SqliteObjectStore.Open(storeOptions ?? new SqliteObjectStoreOptions { Path = ":memory:" });
        var api = await LoopbackApi.StartAsync((resources ?? ContractResources.Of)(store), time ?? Clock.Real, options, authorization);
        return new ApiTest { Store = store, Api = api };
    }

    public static string NetReach(string name, string rest = "\"spec\":{}") =>
        $$$"""{"apiVersion":"kdoctor.io/v1beta1","kind":"NetReach","metadata":{"name":"{{{name}}}"},{{{rest}}}}""";

    public Task<LoopbackAnswer> GetAsync(string path, string? accept = null) => Api.SendAsync(HttpMethod.Get, path, accept: accept);

    public Task<LoopbackAnswer> CreateAsync(string body, string query = "") => Api.SendAsync(HttpMethod.Post, Path + query, body);

    public Task<LoopbackAnswer> MergeAsync(string name, string patch, string query = "") =>
        Api.SendAsync(HttpMethod.Patch, $"{Path}/{name}{query}", patch, Merge);

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        Store.Dispose();
    }
}
