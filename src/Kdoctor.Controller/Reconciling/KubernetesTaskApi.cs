using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Controller.Reconciling;

/// <summary>Tasks over HTTPS, with the trust and credentials of a Kubernetes client; objects stay the JSON that the server sent.</summary>
internal sealed class KubernetesTaskApi(Kubernetes kubernetes) : ITaskApi
{
    private const int PageSize = 500;

    // A little under the five minutes after which servers and proxies between tend to cut.
    private const int WatchSeconds = 290;

    public async Task<TaskList> ListAsync(TaskKind kind, CancellationToken cancellation)
    {
        var byName = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        string? next = null;
        while (true)
        {
            var more = next is null ? "" : $"&continue={Uri.EscapeDataString(next)}";
            var list = await SendAsync(HttpMethod.Get, $"{Path(kind)}?limit={PageSize}{more}", null, cancellation).ConfigureAwait(false);
            foreach (var task in list["items"]?.AsArray() ?? [])
                byName[NameOf(task!.AsObject())] = task.DeepClone().AsObject();
            next = list["metadata"]?["continue"]?.GetValue<string>();
            if (string.IsNullOrEmpty(next))
                return new TaskList(byName, list["metadata"]?["resourceVersion"]?.GetValue<string>() ?? throw new TaskApiException("a list has no resourceVersion"));
        }
    }

    public async IAsyncEnumerable<TaskChange> WatchAsync(TaskKind kind, string resourceVersion, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var path = $"{Path(kind)}?watch=true&allowWatchBookmarks=true&timeoutSeconds={WatchSeconds}&resourceVersion={Uri.EscapeDataString(resourceVersion)}";
        using var response = await RequestAsync(HttpMethod.Get, path, null, cancellation).ConfigureAwait(false);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false));
        while (await LineAsync(reader, cancellation).ConfigureAwait(false) is { Length: > 0 } line)
        {
            var change = Parse(line);
            var task = change["object"]?.AsObject() ?? throw new TaskApiException("a watch event has no object");
            yield return change["type"]?.GetValue<string>() switch
            {
                "ADDED" or "MODIFIED" => new TaskChange(task.DeepClone().AsObject(), TaskChangeKind.Stored),
                "DELETED" => new TaskChange(task.DeepClone().AsObject(), TaskChangeKind.Deleted),
                "BOOKMARK" => new TaskChange(task.DeepClone().AsObject(), TaskChangeKind.Bookmark),
                _ => throw new TaskApiException($"the watch failed: {task["message"]}", task["code"]?.GetValue<int>()),
            };
        }
    }

    public async Task<JsonObject?> WriteStatusAsync(TaskKey key, JsonObject task, CancellationToken cancellation)
    {
        try
        {
            return await SendAsync(HttpMethod.Put, $"{Path(key.Kind)}/{Uri.EscapeDataString(key.Name)}/status", task, cancellation).ConfigureAwait(false);
        }
        catch (TaskApiException refused) when (refused.Status is (int)HttpStatusCode.Conflict or (int)HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public static string NameOf(JsonObject task) =>
        task["metadata"]?["name"]?.GetValue<string>() ?? throw new TaskApiException("an object has no name");

    private static string Path(TaskKind kind) => kind switch
    {
        TaskKind.NetReach => "apis/kdoctor.io/v1beta1/netreaches",
        TaskKind.AppHttpHealthy => "apis/kdoctor.io/v1beta1/apphttphealthies",
        TaskKind.Netdns => "apis/kdoctor.io/v1beta1/netdnses",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of this version"),
    };

    private async Task<JsonObject> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellation)
    {
        using var response = await RequestAsync(method, path, body, cancellation).ConfigureAwait(false);
        try
        {
            return Parse(await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false));
        }
        catch (HttpRequestException broken)
        {
            throw new TaskApiException(broken.Message, null, broken);
        }
    }

    private async Task<HttpResponseMessage> RequestAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(kubernetes.BaseUri, path));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        HttpResponseMessage response;
        try
        {
            if (kubernetes.Credentials is { } credentials)
                await credentials.ProcessHttpRequestAsync(request, cancellation).ConfigureAwait(false);
            response = await kubernetes.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException broken)
        {
            throw new TaskApiException(broken.Message, null, broken);
        }
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
        {
            var status = (int)response.StatusCode;
            var text = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
            throw new TaskApiException($"{method} {path} was answered {status}: {text[..Math.Min(text.Length, 500)]}", status);
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
            throw new TaskApiException(broken.Message, null, broken);
        }
    }

    private static JsonObject Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text)?.AsObject() ?? throw new TaskApiException("an answer is empty");
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            throw new TaskApiException($"an answer is no JSON object: {broken.Message}", null, broken);
        }
    }
}
