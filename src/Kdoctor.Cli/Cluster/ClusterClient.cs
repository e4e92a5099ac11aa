using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Cli.Cluster;

/// <summary>What the command line asks of a Kubernetes API, the lab's or a cluster's: tasks in, reports out.</summary>
internal sealed class ClusterClient(KubernetesClientConfiguration configuration, TimeProvider time) : IDisposable
{
    private const string Reports = $"apis/{KdoctorReport.Group}/{KdoctorReport.Version}/kdoctorreports";

    // Between the end of a watch and its next beginning, so that a server which ends watches at once is not stormed.
    private static readonly TimeSpan WatchPause = TimeSpan.FromMilliseconds(200);

    private readonly ApiConnection api = new(configuration);

    /// <summary>The server's address, for messages.</summary>
    public string Server => api.Server;

    /// <summary>The client that a kubeconfig describes; null stands for kubectl's own choice of file or context.</summary>
    /// <exception cref="ClusterException">The file cannot be read or has no such context.</exception>
    public static ClusterClient FromKubeconfig(string? path, string? context, CliContext process) =>
        new(ClusterConfiguration.Read(path, context, process), process.Time);

    /// <summary>Creates a task.</summary>
    public async Task<JsonObject> CreateTaskAsync(string plural, JsonObject task, CancellationToken cancellation) =>
        (JsonObject)(await api.SendAsync(HttpMethod.Post, TaskPath(plural, null), task, cancellation))!;

    /// <summary>Creates a Secret or ConfigMap.</summary>
    public async Task CreateObjectAsync(CompanionObject item, CancellationToken cancellation)
    {
        try
        {
            await api.SendAsync(HttpMethod.Post, ObjectPath(item, null), item.Document, cancellation);
        }
        catch (ClusterException refused) when (refused.Status == HttpStatusCode.Conflict)
        {
            throw new ClusterException($"{item.Reference} is there already and may not be what the file says; remove it from the file to use the one that is there", refused);
        }
    }

    /// <summary>Deletes a Secret or ConfigMap; one that is gone already is no error.</summary>
    public async Task DeleteObjectAsync(CompanionObject item, CancellationToken cancellation)
    {
        try
        {
            await api.SendAsync(HttpMethod.Delete, ObjectPath(item, item.Reference.Name), null, cancellation);
        }
        catch (ClusterException refused) when (refused.Status == HttpStatusCode.NotFound)
        {
            // What was to be gone is gone.
        }
    }

    /// <summary>Deletes a task; one that is gone already is no error.</summary>
    public async Task DeleteTaskAsync(string plural, string name, CancellationToken cancellation)
    {
        try
        {
            await api.SendAsync(HttpMethod.Delete, TaskPath(plural, name), null, cancellation);
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
            return (await api.SendAsync(HttpMethod.Get, $"{Reports}/{Uri.EscapeDataString(name)}", null, cancellation)).Deserialize(ReportJson.Default.KdoctorReport);
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
            using var response = await api.RequestAsync(HttpMethod.Get, $"{Reports}?watch=true", null, cancellation);
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

    public void Dispose() => api.Dispose();

    private static string ObjectPath(CompanionObject item, string? name) =>
        $"api/v1/namespaces/{Uri.EscapeDataString(item.Reference.Namespace)}/{item.Plural}" + (name is null ? "" : "/" + Uri.EscapeDataString(name));

    private static string TaskPath(string plural, string? name) =>
        $"apis/kdoctor.io/v1beta1/{plural}" + (name is null ? "" : "/" + Uri.EscapeDataString(name));
}
