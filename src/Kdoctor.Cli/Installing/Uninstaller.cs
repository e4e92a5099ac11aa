using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Kdoctor.Cli.Cluster;
using Kdoctor.Core.Deployment;
using Kdoctor.Core.Reports;

namespace Kdoctor.Cli.Installing;

/// <summary>
/// Removes an installation, whatever version made it, by its label: what bears another name or none is not ours, whatever it is called.
/// 1. The reports' API and the webhook go first: while they point to a controller that is gone, they hold up the cluster.
/// 2. The controller goes, and is waited for: it would make anew what it finds missing.
/// 3. Everything else, last made first. Tasks, the volume and the namespace stay unless everything is to go.
/// 4. It waits until what was removed is gone.
/// </summary>
internal sealed class Uninstaller(ClusterObjects cluster, string space, bool purge, TimeProvider time, Action<string> tell)
{
    private const string Selector = "labelSelector=" + ClusterNames.PartOfLabel + "%3D" + ClusterNames.PartOf;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly ObjectKind Leases = new("coordination.k8s.io/v1", "Lease", "leases", Namespaced: true);
    private static readonly ImmutableArray<ObjectKind> LastMadeFirst = [.. ObjectKind.All.Insert(0, Leases).Reverse()];
    private static readonly ObjectKind Deployments = LastMadeFirst.Single(kind => kind.Kind == "Deployment");

    private readonly List<ObjectName> removed = [];

    /// <summary>Removes the installation; false when something is still there after the longest wait, which is then named.</summary>
    /// <exception cref="ClusterException">The cluster does not answer, or refuses.</exception>
    public async Task<bool> RunAsync(TimeSpan longest, CancellationToken cancellation)
    {
        var until = time.GetUtcNow() + longest;

        // 1. What others would wait for.
        foreach (var kind in LastMadeFirst.Where(IsRegistration))
            await RemoveAsync(kind, cancellation);

        // 2. The controller.
        foreach (var name in (await FoundAsync(Deployments, cancellation)).Where(name => name.Name == ClusterNames.Controller))
            await RemoveAsync(name, cancellation);
        var gone = await UntilAsync(until, token => PodsAsync($"{ClusterNames.NameLabel}={ClusterNames.Controller},{ClusterNames.PartOfLabel}={ClusterNames.PartOf}", token), cancellation);

        // 3. The rest.
        foreach (var kind in LastMadeFirst.Where(kind => !IsRegistration(kind) && Goes(kind)))
            await RemoveAsync(kind, cancellation);

        // 4. Until all of it is gone.
        return gone & await UntilAsync(until, LeftAsync, cancellation);
    }

    private static bool IsRegistration(ObjectKind kind) => kind.Kind is "APIService" or "ValidatingWebhookConfiguration";

    private bool Goes(ObjectKind kind) => purge || kind.Kind is not ("CustomResourceDefinition" or "PersistentVolumeClaim" or "Namespace");

    private async Task RemoveAsync(ObjectKind kind, CancellationToken cancellation)
    {
        foreach (var name in await FoundAsync(await ServedAsync(kind, cancellation), cancellation))
            await RemoveAsync(name, cancellation);
    }

    private async Task RemoveAsync(ObjectName name, CancellationToken cancellation)
    {
        if (!await cluster.DeleteAsync(name, cancellation))
            return;
        removed.Add(name);
        tell($"{name} removed");
    }

    // What is ours: by label; the definitions of tasks by their group, however they were made; roles in every namespace, the rest in the installation's.
    private async Task<IReadOnlyList<ObjectName>> FoundAsync(ObjectKind kind, CancellationToken cancellation)
    {
        if (kind.Kind == "CustomResourceDefinition")
        {
            var all = await cluster.ListAsync(kind.Path(), "", cancellation);
            return [.. all.Where(found => found["spec"]?["group"]?.ToString() == "kdoctor.io").Select(found => ObjectName.Of(found, kind))];
        }
        var everywhere = kind.Kind is "Role" or "RoleBinding";
        var ours = (await cluster.ListAsync(kind.Path(everywhere ? null : space), Selector, cancellation)).Select(found => ObjectName.Of(found, kind));
        return [.. ours.Where(name => kind.Kind != "Namespace" || name.Name == space)];
    }

    private async Task<ObjectKind> ServedAsync(ObjectKind kind, CancellationToken cancellation) =>
        kind.Kind == "PodDisruptionBudget" && await cluster.FindAsync("apis/policy/v1", cancellation) is null ? kind with { ApiVersion = "policy/v1beta1" } : kind;

    private async Task<IReadOnlyList<string>> LeftAsync(CancellationToken cancellation)
    {
        var left = new List<string>();
        foreach (var name in removed)
        {
            if (await cluster.FindAsync(name, cancellation) is { } still)
                left.Add($"{name}{Finalizers(still)}");
        }
        left.AddRange(await PodsAsync($"{ClusterNames.PartOfLabel}={ClusterNames.PartOf}", cancellation));
        return left;
    }

    private async Task<IReadOnlyList<string>> PodsAsync(string labels, CancellationToken cancellation)
    {
        var pods = await cluster.ListAsync($"api/v1/namespaces/{Uri.EscapeDataString(space)}/pods", $"labelSelector={Uri.EscapeDataString(labels)}", cancellation);
        return [.. pods.Select(pod => $"pod/{pod["metadata"]!["name"]} in {space}")];
    }

    private async Task<bool> UntilAsync(DateTimeOffset until, Func<CancellationToken, Task<IReadOnlyList<string>>> ask, CancellationToken cancellation)
    {
        var told = "";
        while (true)
        {
            var left = await ask(cancellation);
            if (left.Count == 0)
                return true;
            if (time.GetUtcNow() >= until)
            {
                foreach (var line in left)
                    tell($"still there: {line}");
                return false;
            }
            var waiting = $"waiting: {left[0]} is not gone yet{(left.Count > 1 ? $", nor {ScreenNumbers.Counted(left.Count - 1, "other")}" : "")}";
            if (waiting != told)
                tell(told = waiting);
            await Task.Delay(Pause, time, cancellation);
        }
    }

    private static string Finalizers(JsonObject still) => still["metadata"]!["finalizers"] is JsonArray { Count: > 0 } finalizers
        ? $" (it waits for {string.Join(", ", finalizers.Select(entry => entry!.ToString()))})"
        : "";
}
