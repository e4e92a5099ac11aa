using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Resources;

namespace Kdoctor.TestKit.Contract;

/// <summary>The documents that the contract is tested with.</summary>
public static class ContractFiles
{
    /// <summary>The CustomResourceDefinition of NetReach, reduced to what the contract touches.</summary>
    public static string NetReachCrd { get; } = Read("netreach.crd.json");

    /// <summary>The manifest that the main job is judged by.</summary>
    public static string NetReachManifest { get; } = Read("netreach.yaml");

    public static ResourceDefinition NetReach { get; } = ResourceDefinition.FromCrd(JsonNode.Parse(NetReachCrd)!.AsObject());

    private static string Read(string name)
    {
        using var stream = typeof(ContractFiles).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
