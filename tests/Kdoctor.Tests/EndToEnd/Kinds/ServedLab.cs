using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Kdoctor.Agent.Apps;
using Kdoctor.TestKit.ApiServer;
using Kdoctor.TestKit.Contract;
using Kdoctor.TestKit.Dns;
using Kdoctor.TestKit.Processes;
using Kdoctor.TestKit.Rude;
using Kdoctor.TestKit.Tls;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kdoctor.Tests.EndToEnd.Kinds;

/// <summary>A lab with a kubectl before it, for tasks that need objects which only an API can be given: a Secret that is used, and a DNS Service with a dead replica.</summary>
public sealed class ServedLab : IAsyncLifetime
{
    public const string Body = "an order that nobody else may read";

    private readonly TestAuthority authority = new();
    private RunningLab? lab;
    private AppServer? app;

    public string Data { get; } = Directory.CreateTempSubdirectory("kdoctor-kinds-").FullName;

    public string Key { get; private set; } = "";

    public AppServer App => app!;

    public KdoctorProcess Process => lab!.Process;

    public Kubectl? Kubectl { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (!TestKit.Contract.Kubectl.Exists("kubectl"))
            return;
        using var server = authority.Issue(["127.0.0.1"]);
        var (certificate, key) = TestAuthority.PemOf(authority.Issue(["client"]));
        Key = Encoding.ASCII.GetString(key);
        using var clients = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(authority.Pem));
        app = await AppServer.StartAsync(
            new AppOptions { Name = "app", Listen = [IPAddress.Loopback], Zone = DnsZone.Read([]), Certificate = new TlsIdentityOptions(server, X509CertificateLoader.LoadCertificate(clients.RawData)) },
            Clock.Real,
            NullLoggerFactory.Instance);
        lab = await RunningLab.StartAsync(Data, nodes: 2);
        Kubectl = lab.Kubectl("kubectl");
        using var living = UdpAnswerer.Always(query => DnsMessage.Answer(query));
        using var closed = new ClosedPort();
        using var service = UdpAnswerer.Always(query => (query[1] & 1) == 0 ? DnsMessage.Answer(query) : DnsMessage.Answer(query, code: 2));
        await ApplyAsync(Objects(Encoding.ASCII.GetString(certificate)));
        await ApplyAsync(string.Join(
            "\n---\n",
            DnsService(service.EndPoint.Port), Replica("living", living.EndPoint.Port), Replica("dead", closed.EndPoint.Port),
            Task("AppHttpHealthy", "mutual", $"host: 'https://{app.Urls[1].Authority}/?task=mutual', method: POST, tlsSecretName: client, tlsSecretNamespace: shop, bodyConfigmapName: order, bodyConfigmapNamespace: shop"),
            Task("Netdns", "lame", "targetDns: {serviceName: lame-dns, serviceNamespace: shop}")));
        await RunningLab.FinishedAsync(Kubectl, "apphttphealthy", "mutual");
        await RunningLab.FinishedAsync(Kubectl, "netdns", "lame");
    }

    public async ValueTask DisposeAsync()
    {
        Kubectl?.Dispose();
        if (lab is not null)
            await lab.DisposeAsync();
        if (app is not null)
            await app.DisposeAsync();
        authority.Dispose();
        Directory.Delete(Data, recursive: true);
    }

    private async Task ApplyAsync(string manifest)
    {
        var applied = await Kubectl!.RunWithInputAsync(manifest, "apply", "-f", "-");
        Assert.True(applied.ExitCode == 0, applied.All);
    }

    private string Objects(string certificate) => new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "List",
        ["items"] = new JsonArray(
            Object("Secret", "client", "stringData", new() { ["ca.crt"] = Encoding.ASCII.GetString(authority.Pem), ["tls.crt"] = certificate, ["tls.key"] = Key }),
            Object("ConfigMap", "order", "data", new() { ["body"] = Body })),
    }.ToJsonString();

    private static JsonObject Object(string kind, string name, string field, JsonObject entries) => new()
    {
        ["apiVersion"] = "v1", ["kind"] = kind, ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "shop" }, [field] = entries,
    };

    private static string DnsService(int port) => string.Create(CultureInfo.InvariantCulture, $$"""
        apiVersion: v1
        kind: Service
        metadata: {name: lame-dns, namespace: shop}
        spec: {clusterIP: 127.0.0.1, clusterIPs: [127.0.0.1], ports: [{name: dns, protocol: UDP, port: {{port}}}]}
        """);

    private static string Replica(string name, int port) => string.Create(CultureInfo.InvariantCulture, $$"""
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: {{name}}, namespace: shop, labels: {kubernetes.io/service-name: lame-dns} }
        addressType: IPv4
        ports: [{name: dns, protocol: UDP, port: {{port}}}]
        endpoints: [{addresses: [127.0.0.1], conditions: {ready: true}, targetRef: {kind: Pod, namespace: shop, name: {{name}}} }]
        """);

    private static string Task(string kind, string name, string target) => $$"""
        apiVersion: kdoctor.io/v1beta1
        kind: {{kind}}
        metadata: {name: {{name}}}
        spec:
          request: {durationInSecond: 1, perRequestTimeoutInMS: 5000, qps: 10}
          schedule: {roundNumber: 1, roundTimeoutMinute: 1, schedule: 0 1}
          target: { {{target}} }
        """;
}
