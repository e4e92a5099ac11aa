using System.Globalization;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Resources;
using Kdoctor.ApiServer.Storage;

namespace Kdoctor.Cli.Lab;

/// <summary>The lab's DNS as objects of its API: a Service in kube-system with the label that a cluster's has, and an EndpointSlice for each replica.</summary>
internal static class LabDnsObjects
{
    private const string Namespace = "kube-system";

    /// <summary>Writes the objects, in place of those of the lab that used this folder before.</summary>
    public static async Task WriteAsync(SqliteObjectStore store, LabDns dns, TimeProvider time, CancellationToken cancellation)
    {
        var services = store.Resource(WellKnownResources.Service);
        var slices = store.Resource(WellKnownResources.EndpointSlice);
        foreach (var service in dns.Services)
        {
            await PutAsync(services, Service(service), time, cancellation);
            for (var number = 1; number <= service.Replicas.Count; number++)
                await PutAsync(slices, Slice(service, number), time, cancellation);
        }
    }

    private static JsonObject Service(LabDnsService service) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Service",
        ["metadata"] = Metadata(service.Name, new JsonObject { ["k8s-app"] = "kube-dns" }),
        ["spec"] = new JsonObject
        {
            ["type"] = "ClusterIP",
            ["clusterIP"] = service.Address.Address.ToString(),
            ["clusterIPs"] = new JsonArray(service.Address.Address.ToString()),
            ["ports"] = Ports(service.Address),
        },
    };

    private static JsonObject Slice(LabDnsService service, int number)
    {
        var (name, replica) = (string.Create(CultureInfo.InvariantCulture, $"{service.Name}-{number}"), service.Replicas[number - 1]);
        return new()
        {
            ["apiVersion"] = "discovery.k8s.io/v1",
            ["kind"] = "EndpointSlice",
            ["metadata"] = Metadata(name, new JsonObject { ["kubernetes.io/service-name"] = service.Name }),
            ["addressType"] = replica.Address.AddressFamily == AddressFamily.InterNetwork ? "IPv4" : "IPv6",
            ["ports"] = Ports(replica),
            ["endpoints"] = new JsonArray(new JsonObject
            {
                ["addresses"] = new JsonArray(replica.Address.ToString()),
                ["conditions"] = new JsonObject { ["ready"] = true },
                ["targetRef"] = new JsonObject { ["kind"] = "Pod", ["namespace"] = Namespace, ["name"] = name },
            }),
        };
    }

    private static JsonArray Ports(LabDnsAddress address) => [Port("dns", "UDP", address.Udp), Port("dns-tcp", "TCP", address.Tcp), Port("dns-tls", "TCP", address.Tls)];

    private static JsonObject Port(string name, string protocol, int number) => new() { ["name"] = name, ["protocol"] = protocol, ["port"] = number };

    private static JsonObject Metadata(string name, JsonObject labels) => new() { ["name"] = name, ["namespace"] = Namespace, ["labels"] = labels };

    private static async Task PutAsync(IResourceStore store, JsonObject item, TimeProvider time, CancellationToken cancellation)
    {
        var metadata = item["metadata"]!.AsObject();
        var name = metadata["name"]!.GetValue<string>();
        var old = await store.GetAsync(Namespace, name, cancellation);
        metadata["uid"] = old?.Uid ?? Guid.CreateVersion7(time.GetUtcNow()).ToString();
        metadata["creationTimestamp"] = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        metadata["generation"] = 1;
        var written = old is null ? await store.CreateAsync(item, cancellation) : await store.UpdateAsync(item, old.ResourceVersion, cancellation);
        if (!written.Succeeded(out _, out var error))
            throw new LabException($"the lab's DNS cannot be described in its API: {error.Message}");
    }
}
