using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using Kdoctor.Core.Deployment;

namespace Kdoctor.Controller.Objects;

/// <summary>
/// Objects over HTTPS, with the trust and credentials of a Kubernetes client; they stay the JSON that the server sent. A path names a
/// collection or an object, for example <c>api/v1/nodes</c>. Everything has a deadline: a connection whose other end is gone says nothing, for ever.
/// </summary>
internal sealed class KubernetesObjects(Kubernetes kubernetes, TimeProvider time)
{
    private const int PageSize = 500;

    // A server ends a watch after that time; one that has not by far is not there any more.
    private const int WatchSeconds = 110;
    private static readonly TimeSpan WatchEndsWithin = TimeSpan.FromSeconds(WatchSeconds + 20);
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(30);

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

    /// <summary>
    /// Changes since a version, until the server ends the watch, or its connection breaks after a change: whoever follows then goes on from there, where a
    /// list would fetch thousands of objects that did not change. A watch that brings nothing and breaks is an error.
    /// </summary>
    /// <exception cref="ApiServerException">The server refused (410: list again), or did not answer.</exception>
    public async IAsyncEnumerable<ObjectChange> WatchAsync(string path, string? labels, string resourceVersion, [EnumeratorCancellation] CancellationToken cancellation, string? fields = null)
    {
        var query = $"{path}?watch=true&allowWatchBookmarks=true&timeoutSeconds={WatchSeconds}{Selectors(labels, fields)}&resourceVersion={Uri.EscapeDataString(resourceVersion)}";
        using var deadline = new Deadline(WatchEndsWithin, time, cancellation);
        using var response = await InTimeAsync(deadline, path, ended => RequestAsync(HttpMethod.Get, query, null, ended)).ConfigureAwait(false);
        using var reader = new StreamReader(await InTimeAsync(deadline, path, response.Content.ReadAsStreamAsync).ConfigureAwait(false));
        for (var changes = 0; await InTimeAsync(deadline, path, ended => NextAsync(reader, changes > 0, ended)).ConfigureAwait(false) is { Length: > 0 } line; changes++)
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
        using var deadline = new Deadline(AnswersWithin, time, cancellation);
        return Parse(await InTimeAsync(deadline, $"{method} {path}", async ended =>
        {
            using var response = await RequestAsync(method, path, content, ended).ConfigureAwait(false);
            return await response.Content.ReadAsStringAsync(ended).ConfigureAwait(false);
        }).ConfigureAwait(false));
    }

    public static string NameOf(JsonObject found) =>
        found["metadata"]?["name"]?.GetValue<string>() ?? throw new ApiServerException("an object has no name");

    private static string Selectors(string? labels, string? fields) =>
        (labels is null ? "" : $"&labelSelector={Uri.EscapeDataString(labels)}") + (fields is null ? "" : $"&fieldSelector={Uri.EscapeDataString(fields)}");

    private async Task<HttpResponseMessage> RequestAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(kubernetes.BaseUri, path)) { Content = body };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (kubernetes.Credentials is { } credentials)
            await credentials.ProcessHttpRequestAsync(request, cancellation).ConfigureAwait(false);
        var response = await kubernetes.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
        {
            var status = (int)response.StatusCode;
            var text = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
            throw new ApiServerException($"{method} {path} was answered {status}: {text[..Math.Min(text.Length, 500)]}", status);
        }
    }

    private static async Task<string?> NextAsync(StreamReader reader, bool mayBreak, CancellationToken ended)
    {
        try
        {
            return await reader.ReadLineAsync(ended).ConfigureAwait(false);
        }
        catch (IOException) when (mayBreak)
        {
            return null;
        }
    }

    private static async Task<T> InTimeAsync<T>(Deadline deadline, string what, Func<CancellationToken, Task<T>> ask)
    {
        try
        {
            return await ask(deadline.Token).ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException || (broken is OperationCanceledException && !deadline.IsGivenUp))
        {
            throw new ApiServerException(broken is OperationCanceledException ? $"{what} was not answered in time" : broken.Message, null, broken);
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

    private sealed class Deadline : IDisposable
    {
        private readonly CancellationTokenSource late;
        private readonly CancellationTokenSource either;
        private readonly CancellationToken givenUp;

        public Deadline(TimeSpan within, TimeProvider time, CancellationToken givenUp)
        {
            this.givenUp = givenUp;
            late = new CancellationTokenSource(within, time);
            either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, givenUp);
        }

        public CancellationToken Token => either.Token;

        public bool IsGivenUp => givenUp.IsCancellationRequested;

        public void Dispose()
        {
            either.Dispose();
            late.Dispose();
        }
    }
}
