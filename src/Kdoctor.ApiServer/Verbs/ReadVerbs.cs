using Kdoctor.ApiServer.Errors;
using Kdoctor.ApiServer.Http;
using Kdoctor.ApiServer.Objects;

namespace Kdoctor.ApiServer.Verbs;

/// <summary>get and list.</summary>
internal static class ReadVerbs
{
    public static async ValueTask<Attempt<ApiReply>> GetAsync(ApiRequest request, Representation representation)
    {
        var item = await request.Resource.Reader.GetAsync(request.Path.Namespace, request.Path.Name!, request.Aborted).ConfigureAwait(false);
        return item is null
            ? ApiErrors.NotFound(request.Definition, request.Path.Name!, await request.Resource.Reader.InsteadOfAsync(request.Path.Name!, request.Aborted).ConfigureAwait(false))
            : representation.One(request, item);
    }

    public static async ValueTask<Attempt<ApiReply>> ListAsync(ApiRequest request, Representation representation)
    {
        if (!ListOptions.Read(request).Succeeded(out var options, out var error)) return error;
        var all = await request.Resource.Reader.ListAsync(request.Path.Namespace, request.Aborted).ConfigureAwait(false);
        if (options.ResourceVersion > all.ResourceVersion) return ApiErrors.TooLargeResourceVersion(options.ResourceVersion.Value, all.ResourceVersion);

        // A page shows the present, not the past, but names the version of the first page: what changed between the pages comes again in a watch.
        var rest = all.Items.Where(item => IsAfter(item, options.Continue) && options.Selects(item, request.Path.Namespace)).ToList();
        var page = options.Limit is { } limit && limit < rest.Count ? rest[..limit] : rest;
        var version = options.Continue?.ResourceVersion ?? all.ResourceVersion;
        var next = page.Count < rest.Count ? new ContinueToken(version, page[^1].Namespace ?? "", page[^1].Name).Write() : null;
        return representation.List(request, page, Representation.ListMetadata(version, next, rest.Count - page.Count));
    }

    private static bool IsAfter(ApiObject item, ContinueToken? token) =>
        token is null || ApiObject.Compare((item.Namespace, item.Name), (token.Namespace, token.Name)) > 0;
}
