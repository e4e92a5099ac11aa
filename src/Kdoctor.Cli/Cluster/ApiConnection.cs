using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;

namespace Kdoctor.Cli.Cluster;

/// <summary>Plain requests to a Kubernetes API, with the credentials of a kubeconfig; what it refuses comes back in its own words.</summary>
internal sealed class ApiConnection(KubernetesClientConfiguration configuration) : IDisposable
{
    private const int LongestExcerpt = 200;
    private const string Remedy = "see that the cluster is up, and that it is the one you mean: KUBECONFIG, --kubeconfig and --context choose it";

    private readonly Kubernetes kubernetes = new(configuration);

    /// <summary>The server's address, for messages.</summary>
    public string Server => kubernetes.BaseUri.ToString();

    /// <summary>The answer as a tree.</summary>
    /// <exception cref="ClusterException">The server refused, or does not answer.</exception>
    public async Task<JsonNode?> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellation, string mediaType = "application/json")
    {
        using var response = await RequestAsync(method, path, body, cancellation, mediaType);
        try
        {
            return await JsonNode.ParseAsync(await response.Content.ReadAsStreamAsync(cancellation), cancellationToken: cancellation);
        }
        catch (IOException broken)
        {
            throw new ClusterException($"the answer from {Server} broke off: {broken.Message.TrimEnd('.')}; {Remedy}", broken);
        }
    }

    /// <summary>The answer as soon as its head is there; the caller disposes it.</summary>
    /// <exception cref="ClusterException">The server refused, or does not answer.</exception>
    public async Task<HttpResponseMessage> RequestAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellation, string mediaType = "application/json")
    {
        using var request = new HttpRequestMessage(method, new Uri(kubernetes.BaseUri, path));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, mediaType);
        if (kubernetes.Credentials is { } credentials)
            await credentials.ProcessHttpRequestAsync(request, cancellation);
        HttpResponseMessage response;
        try
        {
            response = await kubernetes.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (HttpRequestException refused)
        {
            throw new ClusterException($"no answer from {Server}: {refused.GetBaseException().Message.TrimEnd('.')}; {Remedy}", refused);
        }
        catch (TaskCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new ClusterException($"no answer from {Server} in time; {Remedy}", late);
        }
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw new ClusterException(await ReasonAsync(response, cancellation), response.StatusCode);
    }

    public void Dispose() => kubernetes.Dispose();

    // A Kubernetes server answers failures with a Status whose message is meant for people.
    private async Task<string> ReasonAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.StatusCode == HttpStatusCode.Unauthorized)
            return $"{Server} does not know who asks (401 Unauthorized); look at the user of the kubeconfig's context";
        var text = await response.Content.ReadAsStringAsync(cancellation);
        try
        {
            return JsonNode.Parse(text)?["message"]?.GetValue<string>() ?? $"the server answered {(int)response.StatusCode}";
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return $"the server answered {(int)response.StatusCode}: {text[..Math.Min(text.Length, LongestExcerpt)]}";
        }
    }
}
