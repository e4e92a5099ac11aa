using System.Net;
using System.Text.Json.Nodes;
using Kdoctor.Cli.Cluster;

namespace Kdoctor.Cli.Installing;

/// <summary>Objects of a cluster: read, applied, listed by label, removed.</summary>
internal sealed class ClusterObjects(ApiConnection api)
{
    // Whose fields these are: a server-side apply by this name owns what it sets and leaves alone what the controller fills.
    private const string FieldManager = "kdoctor-install";
    private const string Apply = "application/apply-patch+yaml";
    private const string Merge = "application/merge-patch+json";

    // A list is read whole: an installation has few objects, and a label selects them.
    private const int MostListed = 500;

    /// <summary>The object; null when there is none.</summary>
    public Task<JsonObject?> FindAsync(ObjectName name, CancellationToken cancellation) => FindAsync(name.Path, cancellation);

    /// <summary>What is at a path; null when there is nothing.</summary>
    public async Task<JsonObject?> FindAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return await api.SendAsync(HttpMethod.Get, path, null, cancellation) as JsonObject;
        }
        catch (ClusterException refused) when (refused.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>The objects at a path that match a query such as <c>labelSelector=a%3Db</c>; none where the cluster does not know the kind.</summary>
    public async Task<IReadOnlyList<JsonObject>> ListAsync(string path, string query, CancellationToken cancellation)
    {
        var found = await FindAsync($"{path}?limit={MostListed}&{query}", cancellation);
        return [.. (found?["items"]?.AsArray() ?? []).OfType<JsonObject>()];
    }

    /// <summary>Makes the object, or makes it what it should be: by server-side apply, and where a server has none by creating or merging.</summary>
    public async Task<JsonObject> ApplyAsync(JsonObject document, CancellationToken cancellation)
    {
        var name = ObjectName.Of(document);

        // The controller writes into both. Old aggregators break off the connection when an APIService is applied, and old servers replace a whole
        // list of webhooks: a merge changes nothing that is right.
        if (name.Kind.Kind is "APIService" or "ValidatingWebhookConfiguration")
            return await CreateOrMergeAsync(name, document, cancellation);
        try
        {
            return (JsonObject)(await api.SendAsync(HttpMethod.Patch, $"{name.Path}?fieldManager={FieldManager}&force=true", document, cancellation, Apply))!;
        }
        catch (ClusterException refused) when (refused.Status == HttpStatusCode.UnsupportedMediaType)
        {
            return await CreateOrMergeAsync(name, document, cancellation);
        }
    }

    /// <summary>Whether the server would take the object; nothing is kept of it.</summary>
    public async Task<bool> WouldCreateAsync(JsonObject document, CancellationToken cancellation)
    {
        var name = ObjectName.Of(document);
        try
        {
            await api.SendAsync(HttpMethod.Post, $"{name.Kind.Path(name.Namespace)}?dryRun=All", document, cancellation);
            return true;
        }
        catch (ClusterException refused) when (refused.Status == HttpStatusCode.UnprocessableEntity)
        {
            return false;
        }
    }

    /// <summary>Removes the object and, in the background, what it owns; false when it was gone already.</summary>
    public async Task<bool> DeleteAsync(ObjectName name, CancellationToken cancellation)
    {
        try
        {
            await api.SendAsync(HttpMethod.Delete, $"{name.Path}?propagationPolicy=Background", null, cancellation);
            return true;
        }
        catch (ClusterException refused) when (refused.Status == HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    private async Task<JsonObject> CreateOrMergeAsync(ObjectName name, JsonObject document, CancellationToken cancellation) =>
        (JsonObject)(await FindAsync(name, cancellation) is { } there
            ? await api.SendAsync(HttpMethod.Patch, name.Path, AppliedFields.Patch(there, document), cancellation, Merge)
            : await api.SendAsync(HttpMethod.Post, name.Kind.Path(name.Namespace), AppliedFields.Remembering(document), cancellation))!;
}
