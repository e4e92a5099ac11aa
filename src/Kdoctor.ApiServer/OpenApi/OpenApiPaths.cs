using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Bodies;
using Kdoctor.ApiServer.Errors;
using Kdoctor.ApiServer.Http;
using Kdoctor.ApiServer.Resources;

namespace Kdoctor.ApiServer.OpenApi;

/// <summary>Answers <c>/openapi/v2</c> and <c>/openapi/v3</c>; the documents are made once.</summary>
internal sealed class OpenApiPaths
{
    // Clients ask for the name with "@", which is no media type (RFC 9110 section 5.6.2); it is answered with the one that is.
    private const string ProtobufType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
    private const string AskedProtobufType = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
    private readonly byte[] _v2Json;
    private readonly byte[] _v2Protobuf;
    private readonly Dictionary<string, byte[]> _v3;
    private readonly JsonObject _v3Index;

    public OpenApiPaths(IReadOnlyList<ApiResource> resources, string version)
    {
        var v2 = OpenApiV2.Document(resources, version);
        (_v2Json, _v2Protobuf) = (JsonText.Write(v2), GnosticEncoder.Encode(v2));
        _v3 = resources
            .GroupBy(resource => resource.Definition.GroupVersionPath)
            .ToDictionary(group => group.Key, group => JsonText.Write(OpenApiV3.Document([.. group], version)));
        _v3Index = new JsonObject
        {
            ["paths"] = new JsonObject(_v3.Select(document => KeyValuePair.Create(document.Key, (JsonNode?)new JsonObject
            {
                // The hash lets clients keep a document until it changes.
                ["serverRelativeURL"] = $"/openapi/v3/{document.Key}?hash={Convert.ToHexString(SHA256.HashData(document.Value))}",
            }))),
        };
    }

    /// <summary>The document at a path, or null when it is not one of OpenAPI.</summary>
    public ApiReply? Find(string path, string? accept)
    {
        const string v3 = "/openapi/v3";
        var wanted = MediaRange.Parse(accept).FirstOrDefault(range => range.IsJson || (range.Type is ProtobufType or AskedProtobufType && path == "/openapi/v2"));
        if (!path.StartsWith("/openapi/v2", StringComparison.Ordinal) && !path.StartsWith(v3, StringComparison.Ordinal)) return null;
        if (wanted is null)
        {
            var error = ApiErrors.NotAcceptable("application/json");
            return ApiReply.Json(error.ToStatus(), error.Code);
        }

        if (path == "/openapi/v2")
            return !wanted.IsJson ? new ApiReply(200, _v2Protobuf, ProtobufType) : new ApiReply(200, _v2Json);
        if (path == v3) return ApiReply.Json(_v3Index);
        return path.StartsWith(v3 + "/", StringComparison.Ordinal) && _v3.TryGetValue(path[(v3.Length + 1)..], out var document)
            ? new ApiReply(200, document)
            : null;
    }
}
