using Kdoctor.ApiServer.Storage;
using Kdoctor.TestKit.ApiServer;
using Kdoctor.TestKit.Contract;

namespace Kdoctor.Tests.ApiServer;

/// <summary>The contract on our server.</summary>
public sealed class LoopbackContractTests : KubectlContract
{
    private SqliteObjectStore? store;
    private LoopbackApi? api;

    protected override async ValueTask<string> OpenAsync()
    {
        store = SqliteObjectStore.Open(new SqliteObjectStoreOptions { Path = ":memory:" });
        api = await LoopbackApi.StartAsync(ContractResources.Of(store), Clock.Real);
        return api.Kubeconfig;
    }

    protected override async ValueTask CloseAsync()
    {
        if (api is not null) await api.DisposeAsync();
        store?.Dispose();
    }
}
