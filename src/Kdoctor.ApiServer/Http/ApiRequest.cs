using Kdoctor.ApiServer.Resources;
using Kdoctor.ApiServer.Security;
using Microsoft.AspNetCore.Http;

namespace Kdoctor.ApiServer.Http;

/// <summary>A request for a resource, authenticated and authorized.</summary>
internal sealed record ApiRequest(HttpContext Http, ApiResource Resource, ResourcePath Path, Caller Caller, ResponseForm Form)
{
    public ResourceDefinition Definition => Resource.Definition;

    public CancellationToken Aborted => Http.RequestAborted;

    public string? Query(string name) => Http.Request.Query[name] is { Count: > 0 } values ? values[^1] : null;

    public bool IsSet(string name) => Http.Request.Query.ContainsKey(name) && Query(name) is not ("false" or "0");
}
