using Kdoctor.ApiServer.Storage;
using Kdoctor.TestKit.ApiServer;
using Kdoctor.TestKit.Contract;

namespace Kdoctor.Tests.ApiServer;

/// <summary>The contract on our server.</summary>
public sealed class LoopbackContractTests : KubectlContract
{
    private SqliteObjectStore? _store;
    private LoopbackApi? _api;

    protected override async ValueTask<string> OpenAsync()
    {
        _store = SqliteObjectStore.Open(new SqliteObjectStoreOptions { Path = ":memory:" });
        _api = await LoopbackApi.StartAsync(ContractResources.Of(_store), Clock.Real);
        return _api.Kubeconfig;
    }

    protected override async ValueTask CloseAsync()
    {
        if (_api is not null) await _api.DisposeAsync();
        _store?.Dispose();
    }
}
