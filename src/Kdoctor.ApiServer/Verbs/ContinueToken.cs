using System.Buffers.Text;
using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Bodies;
using Kdoctor.ApiServer.Errors;
using Kdoctor.ApiServer.Objects;

namespace Kdoctor.ApiServer.Verbs;

/// <summary>Where the next page of a list begins.</summary>
/// <param name="ResourceVersion">Version of the first page; every page names it, so that a watch from there misses nothing.</param>
/// <param name="Namespace">Namespace of the last object sent; empty at cluster scope.</param>
/// <param name="Name">Name of the last object sent.</param>
internal sealed record ContinueToken(long ResourceVersion, string Namespace, string Name)
{
    public string Write() => Base64Url.EncodeToString(JsonText.Write(new JsonObject
    {
        ["v"] = "meta.k8s.io/v1",
        ["rv"] = ResourceVersion,
        ["ns"] = Namespace,
        ["name"] = Name,
    }));

    public static Attempt<ContinueToken> Parse(string text)
    {
        try
        {
            if (JsonText.Read(Base64Url.DecodeFromChars(text)) is JsonObject token
                && token["rv"] is JsonValue value && value.TryGetValue(out long version) && version >= 0
                && token.Text("ns") is { } ns && token.Text("name") is { } name)
                return new ContinueToken(version, ns, name);
            return ApiErrors.BadRequest("invalid continue token: it is not one of this server");
        }
        catch (FormatException)
        {
            return ApiErrors.BadRequest("invalid continue token: it is not one of this server");
        }
    }
}
