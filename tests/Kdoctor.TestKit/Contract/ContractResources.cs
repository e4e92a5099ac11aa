using Kdoctor.ApiServer.Resources;
using Kdoctor.ApiServer.Storage;

namespace Kdoctor.TestKit.Contract;

/// <summary>The resources that our server needs for the contract.</summary>
public static class ContractResources
{
    public static IReadOnlyList<ApiResource> Of(SqliteObjectStore store) =>
    [
        new(ContractFiles.NetReach, store.Resource(ContractFiles.NetReach)),
        new(WellKnownResources.Event, store.Resource(WellKnownResources.Event, WhenFull.DropOldest)),
        new(WellKnownResources.Namespace, store.Resource(WellKnownResources.Namespace)),
    ];
}
