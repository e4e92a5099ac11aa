using System.Net;
using System.Text.Json.Nodes;
using Kdoctor.Controller.Objects;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Controller.Reconciling;

/// <summary>Tasks as objects of an API server.</summary>
internal sealed class KubernetesTaskApi(KubernetesObjects objects) : ITaskApi
{
    public async Task<TaskList> ListAsync(TaskKind kind, CancellationToken cancellation)
    {
        var list = await objects.ListAsync(Path(kind), null, cancellation).ConfigureAwait(false);
        var byName = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var task in list.Items)
            byName[KubernetesObjects.NameOf(task)] = task;
        return new TaskList(byName, list.ResourceVersion);
    }

    public IAsyncEnumerable<ObjectChange> WatchAsync(TaskKind kind, string resourceVersion, CancellationToken cancellation) =>
        objects.WatchAsync(Path(kind), null, resourceVersion, cancellation);

    public async Task<JsonObject?> WriteStatusAsync(TaskKey key, JsonObject task, CancellationToken cancellation)
    {
        try
        {
            return await objects.SendAsync(HttpMethod.Put, $"{Path(key.Kind)}/{Uri.EscapeDataString(key.Name)}/status", task, cancellation).ConfigureAwait(false);
        }
        catch (ApiServerException refused) when (refused.Status is (int)HttpStatusCode.Conflict or (int)HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private static string Path(TaskKind kind) => kind switch
    {
        TaskKind.NetReach => "apis/kdoctor.io/v1beta1/netreaches",
        TaskKind.AppHttpHealthy => "apis/kdoctor.io/v1beta1/apphttphealthies",
        TaskKind.Netdns => "apis/kdoctor.io/v1beta1/netdnses",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of this version"),
    };
}
