using System.Net;
using System.Text.Json.Nodes;
using Kdoctor.Cli.Cluster;
using Kdoctor.Core.Deployment;

namespace Kdoctor.Cli.Installing;

/// <summary>Asks a cluster for the facts that decide about the objects.</summary>
internal sealed class FactFinder(ClusterObjects cluster)
{
    /// <summary>The facts; families that the user named are not asked for.</summary>
    /// <exception cref="ClusterException">The cluster does not answer, refuses, holds an installation in another namespace, or one that we did not make.</exception>
    public async Task<ClusterFacts> FindAsync(string space, IpFamilies families, CancellationToken cancellation)
    {
        await OnlyInstallationAsync(space, cancellation);
        var present = await cluster.FindAsync(ObjectKind.All.Single(kind => kind.Kind == "Namespace").Path(null, space), cancellation);
        if (present?["metadata"]?["deletionTimestamp"] is not null)
        {
            throw new ClusterException(
                $"--namespace {space}: the namespace is being removed, and nothing new can be made in it; wait with 'kubectl wait --for=delete namespace/{space} --timeout=120s' and install then",
                HttpStatusCode.Conflict);
        }
        return new ClusterFacts(
            families is IpFamilies.Auto ? await HasAsync("IPv4", cancellation) : families.HasFlag(IpFamilies.IPv4),
            families is IpFamilies.Auto ? await HasAsync("IPv6", cancellation) : families.HasFlag(IpFamilies.IPv6),
            await cluster.FindAsync("apis/policy/v1", cancellation) is null ? "policy/v1beta1" : "policy/v1",
            present is not null && !IsOurs(present));
    }

    /// <summary>The reports' API that is registered; null when there is none.</summary>
    public async Task<InstalledApi?> InstalledAsync(CancellationToken cancellation)
    {
        var kind = ObjectKind.All.Single(kind => kind.Kind == "APIService");
        return await cluster.FindAsync(kind.Path(null, InstalledApi.Name), cancellation) is { } found
            ? new InstalledApi(found["spec"]?["service"]?["namespace"]?.GetValue<string>(), IsOurs(found))
            : null;
    }

    private static bool IsOurs(JsonObject? found) => found?["metadata"]?["labels"]?[ClusterNames.PartOfLabel]?.GetValue<string>() == ClusterNames.PartOf;

    private async Task OnlyInstallationAsync(string space, CancellationToken cancellation)
    {
        var installed = await InstalledAsync(cancellation);
        if (installed is { Ours: false })
            throw installed.Foreign();
        if (installed?.Namespace is { } other && other != space)
        {
            throw new ClusterException(
                $"--namespace {space}: kdoctor is installed in the namespace {other}, and a cluster has one; install over it with --namespace {other}, or run 'kdoctor uninstall' first",
                HttpStatusCode.Conflict);
        }
    }

    // What a cluster's Services get is written in no object that everybody may read, but a server that is asked for such a Service tells.
    private Task<bool> HasAsync(string family, CancellationToken cancellation) => cluster.WouldCreateAsync(
        new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Service",
            ["metadata"] = new JsonObject { ["name"] = $"kdoctor-has-{family.ToLowerInvariant()}", ["namespace"] = "default" },
            ["spec"] = new JsonObject
            {
                ["ipFamilyPolicy"] = "SingleStack",
                ["ipFamilies"] = new JsonArray(family),
                ["ports"] = new JsonArray(new JsonObject { ["port"] = 80, ["protocol"] = "TCP" }),
            },
        },
        cancellation);
}
