using System.Globalization;
using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Objects;
using Kdoctor.ApiServer.Resources;
using Kdoctor.ApiServer.Tables;

namespace Kdoctor.ApiServer.Http;

/// <summary>Objects and lists of one resource in the form that a request asks for.</summary>
internal sealed class Representation(ResourceDefinition definition, TimeProvider time)
{
    private readonly TableWriter table = new(definition, time);

    public ApiReply One(ApiRequest request, ApiObject item, int code = 200) => request.Form.Kind == ResponseKind.Object
        ? new ApiReply(code, item.Utf8Json)
        : ApiReply.Json(Convert(request, item.ToJson(), withColumns: true), code);

    /// <summary>An object inside a watch event.</summary>
    public JsonNode InWatch(ApiRequest request, ApiObject item, bool withColumns) => Convert(request, item.ToJson(), withColumns);

    public ApiReply List(ApiRequest request, IReadOnlyList<ApiObject> items, JsonObject metadata)
    {
        var rows = items.Select(item => item.ToJson());
        return ApiReply.Json(request.Form.Kind switch
        {
            ResponseKind.Table => table.Write(rows, metadata, request.Form.Version, Include(request)),
            ResponseKind.PartialMetadata => ListOf(
                "meta.k8s.io/" + request.Form.Version, "PartialObjectMetadataList", metadata, rows.Select(row => PartialMetadata.Of(row, request.Form.Version))),
            _ => ListOf(definition.ApiVersion, definition.ListKind, metadata, rows),
        });
    }

    public static JsonObject ListMetadata(long version, string? next = null, int remaining = 0)
    {
        var metadata = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) };
        if (next is not null) metadata["continue"] = next;
        if (next is not null && remaining > 0) metadata["remainingItemCount"] = remaining;
        return metadata;
    }

    private JsonObject Convert(ApiRequest request, JsonObject item, bool withColumns) => request.Form.Kind switch
    {
        ResponseKind.Table => table.Write(
            [item],
            new JsonObject { ["resourceVersion"] = item.Metadata().Text("resourceVersion") },
            request.Form.Version,
            Include(request),
            withColumns),
        ResponseKind.PartialMetadata => PartialMetadata.Of(item, request.Form.Version),
        _ => item,
    };

    private static IncludeObject Include(ApiRequest request) => request.Query("includeObject") switch
    {
        "Object" => IncludeObject.Object,
        "None" => IncludeObject.None,
        _ => IncludeObject.Metadata,
    };

    private static JsonObject ListOf(string apiVersion, string kind, JsonObject metadata, IEnumerable<JsonObject> items) => new()
    {
        ["apiVersion"] = apiVersion,
        ["kind"] = kind,
        ["metadata"] = metadata,
        ["items"] = new JsonArray([.. items]),
    };
}
