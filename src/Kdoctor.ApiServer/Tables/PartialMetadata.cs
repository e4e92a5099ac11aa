using System.Text.Json.Nodes;

namespace Kdoctor.ApiServer.Tables;

/// <summary>An object reduced to its metadata.</summary>
internal static class PartialMetadata
{
    public static JsonObject Of(JsonObject item, string version) => new()
    {
        ["kind"] = "PartialObjectMetadata",
        ["apiVersion"] = "meta.k8s.io/" + version,
        ["metadata"] = item["metadata"]?.DeepClone(),
    };
}
