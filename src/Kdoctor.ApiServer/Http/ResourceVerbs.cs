using Kdoctor.ApiServer.Bodies;
using Kdoctor.ApiServer.Errors;
using Kdoctor.ApiServer.Resources;
using Kdoctor.ApiServer.Verbs;
using Microsoft.AspNetCore.Http;

namespace Kdoctor.ApiServer.Http;

/// <summary>Sends a request for a resource to the verb that it asks for.</summary>
internal sealed class ResourceVerbs
{
    private readonly RequestBody body;
    private readonly WatchVerb watch;
    private readonly CreateVerb create;
    private readonly DeleteVerb delete;
    private readonly Dictionary<object, Representation> representations;

    public ResourceVerbs(KubernetesApiOptions options, IReadOnlyList<ApiResource> resources, ApiSources sources)
    {
        this.body = new RequestBody(options.MaxBodyBytes);
        watch = new WatchVerb(options, sources.Time);
        create = new CreateVerb(sources.NewUid, sources.Random, sources.Time);
        delete = new DeleteVerb(sources.Time);
        representations = resources.ToDictionary<ApiResource, object, Representation>(
            resource => resource.Definition, resource => new Representation(resource.Definition, sources.Time), ReferenceEqualityComparer.Instance);
    }

    public async ValueTask<ApiError?> WatchAsync(ApiRequest request) =>
        CheckPath(request) ?? await watch.RunAsync(request, representations[request.Definition]).ConfigureAwait(false);

    public async ValueTask<Attempt<ApiReply>> RunAsync(ApiRequest request)
    {
        var (method, path, representation) = (request.Http.Request.Method, request.Path, representations[request.Definition]);
        if (CheckPath(request) is { } wrong) return wrong;
        if (HttpMethods.IsGet(method) || HttpMethods.IsHead(method))
        {
            return path.Name is null
                ? await ReadVerbs.ListAsync(request, representation).ConfigureAwait(false)
                : await ReadVerbs.GetAsync(request, representation).ConfigureAwait(false);
        }

        if (request.Resource.Store is not { } store) return ApiErrors.MethodNotAllowed(request.Definition);
        if (!(await this.body.ReadAsync(request.Http.Request, request.Aborted).ConfigureAwait(false)).Succeeded(out var body, out var error)) return error;
        return (method, path) switch
        {
            ("POST", { Name: null }) => await create.RunAsync(request, store, body, representation).ConfigureAwait(false),
            ("PUT", { Name: not null }) => await UpdateVerb.PutAsync(request, store, body, representation).ConfigureAwait(false),
            ("PATCH", { Name: not null }) => await UpdateVerb.PatchAsync(request, store, body, representation).ConfigureAwait(false),
            ("DELETE", { Name: null }) => await delete.CollectionAsync(request, store, body, representation).ConfigureAwait(false),
            ("DELETE", { Subresource: null }) => await delete.OneAsync(request, store, body, representation).ConfigureAwait(false),
            _ => ApiErrors.MethodNotAllowed(request.Definition),
        };
    }

    private static ApiError? CheckPath(ApiRequest request)
    {
        var (definition, path) = (request.Definition, request.Path);
        if (path.Subresource is not null && !(path.Subresource == "status" && definition.HasStatus)) return ApiErrors.NoSuchPath();
        if (path.Namespace is not null && definition.Scope == ResourceScope.Cluster) return ApiErrors.NoSuchPath();
        return path.Namespace is null && path.Name is not null && definition.Scope == ResourceScope.Namespaced ? ApiErrors.NoSuchPath() : null;
    }
}
