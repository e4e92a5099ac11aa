using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Http;
using Kdoctor.ApiServer.Resources;

namespace Kdoctor.ApiServer.Discovery;

/// <summary>Answers the paths of discovery.</summary>
internal sealed class DiscoveryPaths(IReadOnlyList<ApiResource> resources)
{
    private readonly DiscoveryDocuments documents = new(resources);

    /// <summary>The document at a path, or null when it is not one of discovery.</summary>
    public ApiReply? Find(string path, string? accept) => path.Trim('/').Split('/') switch
    {
        ["api"] => Aggregated(accept, isCore: true) ?? ApiReply.Json(documents.CoreVersions()),
        ["apis"] => Aggregated(accept, isCore: false) ?? ApiReply.Json(documents.Groups()),
        ["apis", var group] => Json(documents.Group(group)),
        ["api", var version] => Json(documents.Resources("", version)),
        ["apis", var group, var version] => Json(documents.Resources(group, version)),
        _ => null,
    };

    private ApiReply? Aggregated(string? accept, bool isCore)
    {
        var best = MediaRange.Parse(accept).FirstOrDefault(range => range.IsJson && (range["as"] is null || IsAggregated(range)));
        if (best is null || best["as"] is null) return null;
        var version = best["v"]!;
        return ApiReply.Json(documents.Aggregated(version, isCore)) with
        {
            ContentType = $"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList",
        };
    }

    private static bool IsAggregated(MediaRange range) =>
        range["as"] == "APIGroupDiscoveryList" && range["g"] == "apidiscovery.k8s.io" && range["v"] is "v2" or "v2beta1";

    private static ApiReply? Json(JsonObject? document) => document is null ? null : ApiReply.Json(document);
}
