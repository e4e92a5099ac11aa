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
    private const string NotInstalled = "kdoctor is not installed there; install it with 'kdoctor install', or name another cluster with --kubeconfig or --context";

    // Between the end of a watch and its next beginning, so that a server which ends watches at once is not stormed.
    private static readonly TimeSpan WatchPause = TimeSpan.FromMilliseconds(200);

    // How long somebody who has had enough waits for the answer to a creation.
    private static readonly TimeSpan CreatedWithin = TimeSpan.FromSeconds(5);

    private readonly ApiConnection api = new(configuration);

    /// <summary>The server's address, for messages.</summary>
    public string Server => api.Server;

    /// <summary>The client that a kubeconfig describes; null stands for kubectl's own choice of file or context.</summary>
    /// <exception cref="ClusterException">The file cannot be read or has no such context.</exception>
    public static ClusterClient FromKubeconfig(string? path, string? context, CliContext process) =>
        new(ClusterConfiguration.Read(path, context, process), process.Time);

    /// <summary>Creates a task; a creation that was sent is not cut off by <paramref name="cancellation"/>, but followed to its answer.</summary>
    public async Task CreateTaskAsync(string plural, JsonObject task, CancellationToken cancellation)
    {
        try
        {
            await CreateAsync(TaskPath(plural, null), task, cancellation);
        }
        catch (ClusterException refused) when (refused.Status == HttpStatusCode.Conflict)
        {
            var name = $"{task["kind"]} {task["metadata"]!["name"]}";
            throw new ClusterException($"{name} is there already; remove it with 'kubectl delete {plural} {task["metadata"]!["name"]}', or give the file's task another name", refused);
        }
        catch (ClusterException refused) when (refused.Status == HttpStatusCode.NotFound)
        {
            throw new ClusterException($"{Server} does not know tasks: {NotInstalled}", refused);
        }
    }

    /// <summary>Creates a Secret or ConfigMap; a creation that was sent is followed to its answer.</summary>
    public async Task CreateObjectAsync(CompanionObject item, CancellationToken cancellation)
    {
        try
        {
            await CreateAsync(ObjectPath(item, null), item.Document, cancellation);
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

    /// <summary>A report by its own or its task's name, a round's with a colon and its number; or why there is none.</summary>
    public async Task<ReportAnswer> ReportAsync(string name, CancellationToken cancellation)
    {
        try
        {
            return new ReportAnswer((await api.SendAsync(HttpMethod.Get, ReportPath(name), null, cancellation)).Deserialize(ReportJson.Default.KdoctorReport), null);
        }
        catch (ClusterException refused) when (refused.Status == HttpStatusCode.NotFound)
        {
            return new ReportAnswer(null, Advice(refused.Message));
        }
    }

    /// <summary>Reports as they change, until cancelled; a watch that the server ends, or that breaks, is taken up again as soon as it is answered.</summary>
    /// <exception cref="ClusterException">The API refused, or nobody answered for as long as <paramref name="wait"/> has patience.</exception>
    public async IAsyncEnumerable<KdoctorReport> WatchReportsAsync(ControllerWait wait, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            using var response = await wait.AnswerAsync(() => api.RequestAsync(HttpMethod.Get, $"{Reports}?watch=true", null, cancellation), cancellation);
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation));
            while (await LineAsync(reader, cancellation) is { } line)
            {
                var seen = JsonNode.Parse(line);
                if (seen?["type"]?.GetValue<string>() is "ADDED" or "MODIFIED" && seen["object"].Deserialize(ReportJson.Default.KdoctorReport) is { } report)
                    yield return report;
            }
            await Task.Delay(WatchPause, time, cancellation);
        }
    }

    public void Dispose() => api.Dispose();

    // A connection that breaks off, as it does when a controller is replaced, ends the watch like its orderly end: null.
    private static async Task<string?> LineAsync(StreamReader watch, CancellationToken cancellation)
    {
        try
        {
            return await watch.ReadLineAsync(cancellation);
        }
        catch (IOException)
        {
            return null;
        }
    }

    // The server's own, where it has some; one that knows no reports at all speaks of none.
    private static string Advice(string refusal)
    {
        const string Missing = " not found";
        return refusal.IndexOf(Missing, StringComparison.Ordinal) switch
        {
            < 0 => NotInstalled,
            var at when refusal[(at + Missing.Length)..].TrimStart(':', ' ') is { Length: > 0 } advice => SafeText.Of(advice),
            _ => "'kubectl get kdoctorreport' lists what is there",
        };
    }

    private static string ReportPath(string name) => $"{Reports}/{Uri.EscapeDataString(name)}";

    private static string ObjectPath(CompanionObject item, string? name) =>
        $"api/v1/namespaces/{Uri.EscapeDataString(item.Reference.Namespace)}/{item.Plural}" + (name is null ? "" : "/" + Uri.EscapeDataString(name));

    // Only the answer tells whether the object was made, and is the caller's to delete, or was there before.
    private async Task CreateAsync(string path, JsonObject document, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var late = new CancellationTokenSource();
        var creation = api.SendAsync(HttpMethod.Post, path, document, late.Token);
        try
        {
            await creation.WaitAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            try
            {
                await creation.WaitAsync(CreatedWithin, time, CancellationToken.None);
            }
            catch (TimeoutException silence)
            {
                await late.CancelAsync();
                throw new ClusterException($"no answer from {Server} within {CreatedWithin.TotalSeconds} s; {document["kind"]} {document["metadata"]!["name"]} may be there now: look with kubectl", silence);
            }
        }
    }

    private static string TaskPath(string plural, string? name) =>
        $"apis/kdoctor.io/v1beta1/{plural}" + (name is null ? "" : "/" + Uri.EscapeDataString(name));
}

/// <summary>What was answered to the question for a report.</summary>
/// <param name="Report">The report; null when there is none.</param>
/// <param name="Advice">Why there is none, or what to do about it; null when there is one.</param>
internal sealed record ReportAnswer(KdoctorReport? Report, string? Advice);
