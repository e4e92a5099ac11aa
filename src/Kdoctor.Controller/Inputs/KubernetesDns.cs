using System.Collections.Immutable;
using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Kdoctor.Core.Planning;

namespace Kdoctor.Controller.Inputs;

/// <summary>
/// Finds DNS services and their replicas.
/// 1. The service that the task names; or those with the label that every distribution's DNS service has, in kube-system first, then anywhere; or
///    the one that is known by its name alone.
/// 2. The replicas of each, from its EndpointSlices, or on servers that have none (before 1.21) from its Endpoints.
/// </summary>
internal sealed class KubernetesDns(IKubernetes kubernetes)
{
    private const string Label = "k8s-app=kube-dns";
    private const string System = "kube-system";

    // More services than this with one label are not what the label is for.
    private const int MaxServices = 16;

    // DNS services that do not carry the label: kubeadm's before 1.9, and OpenShift's.
    private static readonly ServiceReference[] WellKnown = [new(System, "kube-dns"), new(System, "coredns"), new("openshift-dns", "dns-default")];

    /// <summary>The named service, or the cluster's own. Never throws but for a cancellation.</summary>
    public async Task<DnsServices> FindAsync(ServiceReference? named, CancellationToken cancellation)
    {
        try
        {
            // 1. The services.
            var found = named is not null ? await NamedAsync(named, cancellation).ConfigureAwait(false) : await OwnAsync(cancellation).ConfigureAwait(false);
            if (found.Problem is not null)
                return new([], found.Problem);

            // 2. Their replicas.
            var services = ImmutableArray.CreateBuilder<DnsServiceInfo>();
            foreach (var service in found.Services)
            {
                var (groups, problem) = await ReplicasAsync(service, cancellation).ConfigureAwait(false);
                services.Add(DnsServiceReading.Read(service, groups, problem));
            }
            return new(services.ToImmutable());
        }
        catch (HttpOperationException refused)
        {
            return new([], $"the DNS service could not be looked for: the API server answered {(int)refused.Response.StatusCode}; the controller needs the right to get and list services");
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            return new([], $"the DNS service could not be looked for: the API server could not be asked ({failed.GetType().Name}); look at the API server and at the controller's way to it");
        }
    }

    private async Task<(IReadOnlyList<V1Service> Services, string? Problem)> NamedAsync(ServiceReference named, CancellationToken cancellation)
    {
        if (await ServiceAsync(named, cancellation).ConfigureAwait(false) is not { } service)
            return ([], $"there is no service {named}; correct serviceNamespace and serviceName, or leave both out to ask the cluster's DNS service");
        return service.Spec.Type == "ExternalName"
            ? ([], $"the service {named} is only another name for {service.Spec.ExternalName}; name that host as targetUser.server")
            : ([service], null);
    }

    private async Task<(IReadOnlyList<V1Service> Services, string? Problem)> OwnAsync(CancellationToken cancellation)
    {
        var own = await kubernetes.CoreV1.ListNamespacedServiceAsync(System, labelSelector: Label, cancellationToken: cancellation).ConfigureAwait(false);
        if (own.Items.Count == 0)
            own = await kubernetes.CoreV1.ListServiceForAllNamespacesAsync(labelSelector: Label, cancellationToken: cancellation).ConfigureAwait(false);
        if (own.Items.Count > MaxServices)
            return ([], $"{own.Items.Count} services have the label {Label}; name the one to ask with serviceNamespace and serviceName");
        if (own.Items.Count > 0)
            return ([.. own.Items.OrderBy(service => service.Metadata.NamespaceProperty, StringComparer.Ordinal).ThenBy(service => service.Metadata.Name, StringComparer.Ordinal)], null);
        foreach (var known in WellKnown)
        {
            if (await ServiceAsync(known, cancellation).ConfigureAwait(false) is { } service)
                return ([service], null);
        }
        return ([], $"no service has the label {Label}, and there is none by the names {string.Join(", ", WellKnown.AsEnumerable())}; name the cluster's DNS service with serviceNamespace and serviceName");
    }

    private async Task<V1Service?> ServiceAsync(ServiceReference reference, CancellationToken cancellation)
    {
        try
        {
            return await kubernetes.CoreV1.ReadNamespacedServiceAsync(reference.Name, reference.Namespace, cancellationToken: cancellation).ConfigureAwait(false);
        }
        catch (HttpOperationException gone) when (gone.Response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private async Task<(IReadOnlyCollection<DnsReplicas> Groups, string? Problem)> ReplicasAsync(V1Service service, CancellationToken cancellation)
    {
        var (space, name) = (service.Metadata.NamespaceProperty, service.Metadata.Name);
        try
        {
            try
            {
                var slices = await kubernetes.DiscoveryV1.ListNamespacedEndpointSliceAsync(
                    space, labelSelector: $"kubernetes.io/service-name={name}", cancellationToken: cancellation).ConfigureAwait(false);
                return ([.. slices.Items.Select(DnsReplicas.Of)], null);
            }
            catch (HttpOperationException unknown) when (unknown.Response.StatusCode == HttpStatusCode.NotFound)
            {
                var endpoints = await kubernetes.CoreV1.ReadNamespacedEndpointsAsync(name, space, cancellationToken: cancellation).ConfigureAwait(false);
                return ([.. DnsReplicas.Of(endpoints)], null);
            }
        }
        catch (HttpOperationException refused)
        {
            return ([], refused.Response.StatusCode == HttpStatusCode.NotFound
                ? $"the DNS service {space}/{name} has no endpoints: none of its replicas can be asked"
                : $"the replicas of the DNS service {space}/{name} could not be read: the API server answered {(int)refused.Response.StatusCode}; the controller needs the right to list endpointslices, and before Kubernetes 1.21 to get endpoints");
        }
    }
}
