using System.Globalization;
using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Kdoctor.Controller.Objects;
using Kdoctor.Core.Deployment;

namespace Kdoctor.Controller.Leading;

/// <summary>A <c>coordination.k8s.io/v1</c> Lease. The leader's address and agents stand in annotations, for the fields have no place for them.</summary>
internal sealed class KubernetesLeaseApi(Kubernetes kubernetes, string ns, string name) : ILeaseApi
{
    /// <summary>The annotation with the address.</summary>
    public const string AddressAnnotation = "kdoctor.io/agents-address";

    public Task<HeldLease?> ReadAsync(CancellationToken cancellation) => AskAsync(
        async () => (HeldLease?)Read(await kubernetes.CoordinationV1.ReadNamespacedLeaseAsync(name, ns, cancellationToken: cancellation).ConfigureAwait(false)), HttpStatusCode.NotFound);

    public Task<HeldLease?> WriteAsync(HeldLease lease, CancellationToken cancellation)
    {
        var written = Write(lease);
        return AskAsync(
            async () => (HeldLease?)Read(await (lease.Version is null
                ? kubernetes.CoordinationV1.CreateNamespacedLeaseAsync(written, ns, cancellationToken: cancellation)
                : kubernetes.CoordinationV1.ReplaceNamespacedLeaseAsync(written, name, ns, cancellationToken: cancellation)).ConfigureAwait(false)),
            HttpStatusCode.Conflict);
    }

    private static async Task<HeldLease?> AskAsync(Func<Task<HeldLease?>> ask, HttpStatusCode none)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (HttpOperationException refused) when (refused.Response.StatusCode == none)
        {
            return null;
        }
        catch (HttpOperationException refused)
        {
            throw new ApiServerException($"the lease was answered {(int)refused.Response.StatusCode}: {refused.Response.Content}", (int)refused.Response.StatusCode, refused);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or System.Text.Json.JsonException)
        {
            throw new ApiServerException(broken.Message, null, broken);
        }
    }

    private static HeldLease Read(V1Lease lease) => new(
        lease.Spec?.HolderIdentity is { Length: > 0 } holder ? holder : null,
        Annotation(lease, AddressAnnotation),
        TimeSpan.FromSeconds(lease.Spec?.LeaseDurationSeconds ?? 0),
        lease.Spec?.LeaseTransitions ?? 0,
        lease.Spec?.AcquireTime,
        lease.Spec?.RenewTime,
        lease.Metadata.ResourceVersion)
    {
        Agents = int.TryParse(Annotation(lease, ClusterNames.ConnectedAgentsAnnotation), NumberStyles.None, CultureInfo.InvariantCulture, out var agents) ? agents : null,
    };

    private static string? Annotation(V1Lease lease, string name) =>
        lease.Metadata.Annotations?.TryGetValue(name, out var value) == true && value.Length > 0 ? value : null;

    private V1Lease Write(HeldLease lease) => new()
    {
        ApiVersion = "coordination.k8s.io/v1",
        Kind = "Lease",
        Metadata = new V1ObjectMeta
        {
            Name = name,
            NamespaceProperty = ns,
            ResourceVersion = lease.Version,
            Labels = new Dictionary<string, string> { [ClusterNames.PartOfLabel] = ClusterNames.PartOf },
            Annotations = new Dictionary<string, string>
            {
                [AddressAnnotation] = lease.Address ?? "",
                [ClusterNames.ConnectedAgentsAnnotation] = lease.Agents?.ToString(CultureInfo.InvariantCulture) ?? "",
            },
        },
        Spec = new V1LeaseSpec
        {
            HolderIdentity = lease.Holder ?? "",
            LeaseDurationSeconds = Math.Max(1, (int)lease.Duration.TotalSeconds),
            LeaseTransitions = lease.Transitions,
            AcquireTime = lease.Acquired?.UtcDateTime,
            RenewTime = lease.Renewed?.UtcDateTime,
        },
    };
}
