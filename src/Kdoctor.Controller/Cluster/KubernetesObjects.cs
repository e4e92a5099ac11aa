using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using Kdoctor.Core.Deployment;

namespace Kdoctor.Controller.Cluster;

/// <summary>
/// Objects over HTTPS, with the trust and credentials of a Kubernetes client; they stay the JSON that the server sent. A path names a
/// collection or an object, for example <c>api/v1/nodes</c>.
/// </summary>
internal sealed class KubernetesObjects(Kubernetes kubernetes)
{
    private const int PageSize = 500;

    // A little under the five minutes after which servers and proxies between tend to cut.
    private const int WatchSeconds = 290;

    /// <summary>All objects of a collection, page by page.</summary>
    /// <exception cref="ApiServerException">The server refused, or did not answer.</exception>
    public async Task<ObjectList> ListAsync(string path, string? labels, CancellationToken cancellation, string? fields = null)
    {
        var items = new List<JsonObject>();
        string? next = null;
        while (true)
        {
            var more = next is null ? "" : $"&continue={Uri.EscapeDataString(next)}";
            var list = await SendAsync(HttpMethod.Get, $"{path}?limit={PageSize}{Selectors(labels, fields)}{more}", null, cancellation).ConfigureAwait(false);
            foreach (var item in list["items"]?.AsArray() ?? [])
                items.Add(item!.DeepClone().AsObject());
            next = list["metadata"]?["continue"]?.GetValue<string>();
            if (string.IsNullOrEmpty(next))
                return new ObjectList(items, list["metadata"]?["resourceVersion"]?.GetValue<string>() ?? throw new ApiServerException("a list has no resourceVersion"));
        }
    }

    /// <summary>Changes since a version, until the server ends the watch.</summary>
    /// <exception cref="ApiServerException">The server refused (410: list again), or did not answer.</exception>
    public async IAsyncEnumerable<ObjectChange> WatchAsync(string path, string? labels, string resourceVersion, [EnumeratorCancellation] CancellationToken cancellation, string? fields = null)
    {
        var query = $"{path}?watch=true&allowWatchBookmarks=true&timeoutSeconds={WatchSeconds}{Selectors(labels, fields)}&resourceVersion={Uri.EscapeDataString(resourceVersion)}";
        using var response = await RequestAsync(HttpMethod.Get, query, null, cancellation).ConfigureAwait(false);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false));
        while (await LineAsync(reader, cancellation).ConfigureAwait(false) is { Length: > 0 } line)
        {
            var change = Parse(line);
            var found = change["object"]?.AsObject() ?? throw new ApiServerException("a watch event has no object");
            yield return change["type"]?.GetValue<string>() switch
            {
                "ADDED" or "MODIFIED" => new ObjectChange(found.DeepClone().AsObject(), ObjectChangeKind.Stored),
                "DELETED" => new ObjectChange(found.DeepClone().AsObject(), ObjectChangeKind.Deleted),
                "BOOKMARK" => new ObjectChange(found.DeepClone().AsObject(), ObjectChangeKind.Bookmark),
                _ => throw new ApiServerException($"the watch failed: {found["message"]}", found["code"]?.GetValue<int>()),
            };
        }
    }

    /// <summary>One object; null when there is none.</summary>
    /// <exception cref="ApiServerException">The server refused, or did not answer.</exception>
    public async Task<JsonObject?> FindAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return await SendAsync(HttpMethod.Get, path, null, cancellation).ConfigureAwait(false);
        }
        catch (ApiServerException refused) when (refused.Status == (int)HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Changes an object by a JSON merge patch (RFC 7396).</summary>
    /// <exception cref="ApiServerException">The server refused, or did not answer.</exception>
    public Task<JsonObject> MergeAsync(string path, JsonObject patch, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Patch, path, patch, cancellation, "application/merge-patch+json");

    /// <summary>Changes an object by a JSON patch (RFC 6902).</summary>
    /// <exception cref="ApiServerException">The server refused, or did not answer.</exception>
    public Task<JsonObject> PatchAsync(string path, JsonArray patch, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Patch, path, patch, cancellation, "application/json-patch+json");

    /// <summary>
    /// Makes an object, unless it is there: then only what is said here changes. By server-side apply, for its right to create can be limited to a name,
    /// which that of an ordinary creation cannot; a server that knows no apply is asked for that.
    /// </summary>
    /// <exception cref="ApiServerException">The server refused, or did not answer.</exception>
    public async Task ApplyAsync(ObjectPlace place, JsonObject body, CancellationToken cancellation)
    {
        try
        {
            await SendAsync(HttpMethod.Patch, $"{place.Path}?fieldManager={ClusterNames.Controller}&force=true", body, cancellation, "application/apply-patch+yaml").ConfigureAwait(false);
        }
        catch (ApiServerException refused) when (refused.Status == (int)HttpStatusCode.UnsupportedMediaType)
        {
            await SendAsync(HttpMethod.Post, place.Collection, body, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Sends an object, and answers what came back.</summary>
    /// <exception cref="ApiServerException">The server refused, or did not answer.</exception>
    public async Task<JsonObject> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellation, string mediaType = "application/json")
    {
        using var content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, mediaType);
        using var response = await RequestAsync(method, path, content, cancellation).ConfigureAwait(false);
        try
        {
            return Parse(await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false));
        }
        catch (HttpRequestException broken)
        {
            throw new ApiServerException(broken.Message, null, broken);
        }
    }

    public static string NameOf(JsonObject found) =>
        found["metadata"]?["name"]?.GetValue<string>() ?? throw new ApiServerException("an object has no name");

    private static string Selectors(string? labels, string? fields) =>
        (labels is null ? "" : $"&labelSelector={Uri.EscapeDataString(labels)}") + (fields is null ? "" : $"&fieldSelector={Uri.EscapeDataString(fields)}");

    private async Task<HttpResponseMessage> RequestAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(kubernetes.BaseUri, path)) { Content = body };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        HttpResponseMessage response;
        try
        {
            if (kubernetes.Credentials is { } credentials)
                await credentials.ProcessHttpRequestAsync(request, cancellation).ConfigureAwait(false);
            response = await kubernetes.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException broken)
        {
            throw new ApiServerException(broken.Message, null, broken);
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new ApiServerException($"{method} {path} was not answered in time", null, late);
        }
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
        {
            var status = (int)response.StatusCode;
            var text = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
            throw new ApiServerException($"{method} {path} was answered {status}: {text[..Math.Min(text.Length, 500)]}", status);
        }
    }

    private static async Task<string?> LineAsync(StreamReader reader, CancellationToken cancellation)
    {
        try
        {
            return await reader.ReadLineAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException)
        {
            throw new ApiServerException(broken.Message, null, broken);
        }
    }

    private static JsonObject Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text)?.AsObject() ?? throw new ApiServerException("an answer is empty");
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            throw new ApiServerException($"an answer is no JSON object: {broken.Message}", null, broken);
        }
    }
}
