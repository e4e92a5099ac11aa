using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Resources;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Tasks.Schemas;

namespace Kdoctor.TestKit.Contract;

/// <summary>The documents that the contract is tested with: the product's own.</summary>
public static class ContractFiles
{
    /// <summary>The CustomResourceDefinition of NetReach.</summary>
    public static JsonObject NetReachCrd { get; } = CrdGenerator.Generate(TaskKind.NetReach);

    /// <summary>The manifest that the main job is judged by.</summary>
    public static string NetReachManifest { get; } = File.ReadAllText(Repository.Path("examples", "netreach.yaml"));

    public static ResourceDefinition NetReach { get; } = ResourceDefinition.FromCrd(NetReachCrd);
}
