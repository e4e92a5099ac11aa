using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using Kdoctor.Controller.Serving;
using Kdoctor.Core.Reports;

namespace Kdoctor.Cli.Cluster;

/// <summary>What the command line asks of a Kubernetes API, the lab's or a cluster's: tasks in, reports out.</summary>
internal sealed class ClusterClient(KubernetesClientConfiguration configuration, TimeProvider time) : IDisposable
{
    private const string Reports = $"apis/{KdoctorReport.Group}/{KdoctorReport.Version}/kdoctorreports";

    // Between the end of a watch and its next beginning, so that a server which ends watches at once is not stormed.
    private static readonly TimeSpan WatchPause = TimeSpan.FromMilliseconds(200);

    private readonly Kubernetes kubernetes = new(configuration);

    /// <summary>The server's address, for messages.</summary>
    public string Server => kubernetes.BaseUri.ToString();

    /// <summary>The client that a kubeconfig describes; null stands for kubectl's own choice of file or context.</summary>
    /// <exception cref="ClusterException">The file cannot be read or has no such context.</exception>
    public static ClusterClient FromKubeconfig(string? path, string? context, CliContext process)
    {
        try
        {
            return new ClusterClient(KubeconfigChoice.Read(path, context, process.Environment), process.Time);
        }
        catch (Exception refused) when (refused is k8s.Exceptions.KubeConfigException or IOException or YamlDotNet.Core.YamlException)
        {
            throw new ClusterException($"cannot use the kubeconfig {path ?? "of KUBECONFIG or ~/.kube/config"}: {refused.Message}", refused);
        }
    }

    /// <summary>Creates a task.</summary>
    public async Task<JsonObject> CreateTaskAsync(string plural, JsonObject task, CancellationToken cancellation) =>
        (JsonObject)(await SendAsync(HttpMethod.Post, TaskPath(plural, null), task, cancellation))!;

    /// <summary>Deletes a task; one that is gone already is no error.</summary>
    public async Task DeleteTaskAsync(string plural, string name, CancellationToken cancellation)
    {
        try
        {
            await SendAsync(HttpMethod.Delete, TaskPath(plural, name), null, cancellation);
        }
        catch (ClusterException refused) when (refused.Status == HttpStatusCode.NotFound)
        {
            // What was to be gone is gone.
        }
    }

    /// <summary>A report by its own or its task's name; null when there is none.</summary>
    public async Task<KdoctorReport?> ReportAsync(string name, CancellationToken cancellation)
    {
        try
        {
            return (await SendAsync(HttpMethod.Get, $"{Reports}/{Uri.EscapeDataString(name)}", null, cancellation)).Deserialize(ReportJson.Default.KdoctorReport);
        }
        catch (ClusterException refused) when (refused.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Reports as they change, until cancelled; a watch that the server ends is taken up again.</summary>
    public async IAsyncEnumerable<KdoctorReport> WatchReportsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            using var response = await RequestAsync(HttpMethod.Get, $"{Reports}?watch=true", null, cancellation);
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation));
            while (await reader.ReadLineAsync(cancellation) is { } line)
            {
                var seen = JsonNode.Parse(line);
                if (seen?["type"]?.GetValue<string>() is "ADDED" or "MODIFIED" && seen["object"].Deserialize(ReportJson.Default.KdoctorReport) is { } report)
                    yield return report;
            }
            await Task.Delay(WatchPause, time, cancellation);
        }
    }

    public void Dispose() => kubernetes.Dispose();

    private static string TaskPath(string plural, string? name) =>
        $"apis/kdoctor.io/v1beta1/{plural}" + (name is null ? "" : "/" + Uri.EscapeDataString(name));

    private async Task<JsonNode?> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellation)
    {
        using var response = await RequestAsync(method, path, body, cancellation);
        return await JsonNode.ParseAsync(await response.Content.ReadAsStreamAsync(cancellation), cancellationToken: cancellation);
    }

    private async Task<HttpResponseMessage> RequestAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(kubernetes.BaseUri, path));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        if (kubernetes.Credentials is { } credentials)
            await credentials.ProcessHttpRequestAsync(request, cancellation);
        HttpResponseMessage response;
        try
        {
            response = await kubernetes.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (HttpRequestException refused)
        {
            throw new ClusterException($"no answer from {Server}: {refused.Message}", refused);
        }
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw new ClusterException(await ReasonAsync(response, cancellation), response.StatusCode);
    }

    // A Kubernetes server answers failures with a Status whose message is meant for people.
    private static async Task<string> ReasonAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var text = await response.Content.ReadAsStringAsync(cancellation);
        try
        {
            return JsonNode.Parse(text)?["message"]?.GetValue<string>() ?? $"the server answered {(int)response.StatusCode}";
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return $"the server answered {(int)response.StatusCode}: {text[..Math.Min(text.Length, 200)]}";
        }
    }
}
