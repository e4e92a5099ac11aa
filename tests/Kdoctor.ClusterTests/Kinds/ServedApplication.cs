using System.Text;
using System.Text.Json.Nodes;
using Kdoctor.ClusterTests.Installed;
using Kdoctor.Core.Deployment;
using Kdoctor.TestKit.Contract;
using Kdoctor.TestKit.Tls;
using Xunit;

namespace Kdoctor.ClusterTests.Kinds;

/// <summary>
/// Something to ask in the cluster: the agents' image answers HTTP, HTTPS and DNS in a pod behind a Service, in a namespace of its own. Beside it is a DNS
/// Service with two replicas of which one is dead, and a server whose certificate has expired, and one that demands a certificate of its clients.
/// </summary>
public sealed class ServedApplication(Kubectl kubectl)
{
    public const string Namespace = "shop";

    /// <summary>The DNS Service with a dead replica, and that replica.</summary>
    public const string LameDns = "lame-dns";
    public const string DeadReplica = "dead";

    /// <summary>What stands in the Secrets and the ConfigMap and nowhere else.</summary>
    public const string Body = "one order, as it is";

    /// <summary>What a ConfigMap with several keys is sent as: one JSON object, in the order of the keys.</summary>
    public const string Fields = """{"id":"7","name":"kdoctor"}""";

    private static readonly DateTimeOffset LongAgo = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The Service's address.</summary>
    public string Address { get; private set; } = "";

    /// <summary>The pod's own address, for which its certificate is not.</summary>
    public string PodAddress { get; private set; } = "";

    /// <summary>The Service's IPv6 address; empty where the cluster gives it none.</summary>
    public string Address6 { get; private set; } = "";

    /// <summary>The pod's IPv6 address; empty where the cluster gives it none.</summary>
    public string PodAddress6 { get; private set; } = "";

    /// <summary>The node on which it runs.</summary>
    public string Node { get; private set; } = "";

    /// <summary>The private key of the Secret <c>client</c>.</summary>
    public string ClientKey { get; private set; } = "";

    public async Task StartAsync(TestAuthority authority, TestAuthority stranger)
    {
        await ApplyAsync($$"""
            apiVersion: v1
            kind: Namespace
            metadata: {name: {{Namespace}}}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: served, namespace: {{Namespace}}}
            spec:
              ipFamilyPolicy: PreferDualStack
              selector: {app: served}
              ports:
                - {name: http, port: 80, targetPort: 8080}
                - {name: https, port: 443, targetPort: 8443}
                - {name: dns, port: 53, targetPort: 5353, protocol: UDP}
                - {name: dns-tcp, port: 53, targetPort: 5353}
                - {name: dns-tls, port: 853, targetPort: 8853}
                - {name: expired, port: 9443}
                - {name: mutual, port: 10443}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: {{LameDns}}, namespace: {{Namespace}}}
            spec:
              selector: {dns: "yes"}
              ports: [{name: dns, port: 53, targetPort: 5353, protocol: UDP}]
            """);
        Address = await GetAsync("service", "{.spec.clusterIP}");
        Address6 = IPv6Of(await GetAsync("service", "{.spec.clusterIPs[*]}"));
        var (certificate, key) = TestAuthority.PemOf(authority.Issue([Address]));
        var expired = TestAuthority.PemOf(authority.Issue([Address], LongAgo, LongAgo.AddYears(1)));
        var client = TestAuthority.PemOf(authority.Issue(["client"]));
        ClientKey = Text(client.Key);
        var image = (await kubectl.RunAsync("-n", ClusterNames.Namespace, "get", "daemonset", ClusterNames.Agent, "-o", "jsonpath={.spec.template.spec.containers[0].image}")).Output;
        var api = await kubectl.RunAsync("config", "view", "--raw", "--flatten", "-o", "jsonpath={.clusters[0].cluster.certificate-authority-data}");
        await ApplyAsync(string.Join("\n---\n",
            Object("Secret", "identity", new() { ["tls.crt"] = Text(certificate), ["tls.key"] = Text(key) }),
            Object("Secret", "expired", new() { ["tls.crt"] = Text(expired.Certificate), ["tls.key"] = Text(expired.Key) }),
            Object("Secret", "client", new() { ["ca.crt"] = Text(authority.Pem), ["tls.crt"] = Text(client.Certificate), ["tls.key"] = ClientKey }),
            Object("Secret", "ca", new() { ["ca.crt"] = Text(authority.Pem) }),
            Object("Secret", "bad-ca", new() { ["ca.crt"] = Text(stranger.Pem) }),
            Object("Secret", "api", new() { ["ca.crt"] = Text(Convert.FromBase64String(api.Output)) }),
            Object("ConfigMap", "order", new() { ["body"] = Body }),
            Object("ConfigMap", "fields", new() { ["name"] = "kdoctor", ["id"] = "7" }),
            Pod(image, Address6.Length > 0 ? "--listen, '::'," : ""), Dead(image)));
        var ready = await kubectl.RunAsync("-n", Namespace, "wait", "--for=condition=Ready", "pod/served", $"pod/{DeadReplica}", "--timeout=25s");
        Assert.True(ready.ExitCode == 0, ready.All);
        PodAddress = await GetAsync("pod", "{.status.podIP}");
        PodAddress6 = IPv6Of(await GetAsync("pod", "{.status.podIPs[*].ip}"));
        Node = await GetAsync("pod", "{.spec.nodeName}");
    }

    /// <summary>
    /// Waits until every agent's node leads to it: a pod is ready before each kube-proxy knows its Service, and what is asked meanwhile over UDP is lost.
    /// </summary>
    public async Task ReachedAsync(IEnumerable<string> agents)
    {
        foreach (var agent in agents)
            await Waiting.UntilAsync(
                $"{agent} reaches {Address}",
                () => kubectl.RunAsync(
                    "-n", ClusterNames.Namespace, "exec", agent, "--",
                    "/kdoctor-agent", "probe", "dns", Address, "www.shop.test", "--rate", "20", "--duration", "200ms", "-o", "json"),
                probed => probed.ExitCode == 0);
    }

    /// <summary>What it remembers of a task's requests, by its own count: <c>requestCount</c>, one more for the asking, and <c>taskRecord</c>.</summary>
    public async Task<JsonNode> RecordAsync(string task)
    {
        var answer = await kubectl.RunAsync("get", "--raw", $"/api/v1/namespaces/{Namespace}/pods/served:8080/proxy/?task={task}");
        Assert.True(answer.ExitCode == 0, answer.All);
        return JsonNode.Parse(answer.Output)!;
    }

    /// <summary>Removes all of it; the next one may be made when this returns.</summary>
    public async Task RemoveAsync()
    {
        await kubectl.RunAsync("delete", "namespace", Namespace, "--ignore-not-found", "--wait=false");
        await Waiting.UntilAsync(
            $"the namespace {Namespace} is gone", async () => (await kubectl.RunAsync("get", "namespace", Namespace, "--ignore-not-found", "-o", "name")).Output, left => left.Length == 0);
    }

    private async Task ApplyAsync(string manifest)
    {
        var applied = await kubectl.RunWithInputAsync(manifest, "apply", "-f", "-");
        Assert.True(applied.ExitCode == 0, applied.All);
    }

    private async Task<string> GetAsync(string kind, string path) => (await kubectl.RunAsync("-n", Namespace, "get", kind, "served", "-o", $"jsonpath={path}")).Output;

    private static string IPv6Of(string addresses) => addresses.Split(' ').FirstOrDefault(address => address.Contains(':', StringComparison.Ordinal)) ?? "";

    private static string Object(string kind, string name, JsonObject entries) =>
        $"apiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}, namespace: {Namespace}}}\n{(kind == "Secret" ? "stringData" : "data")}: {entries.ToJsonString()}";

    private static string Pod(string image, string listen) => $$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: served, namespace: {{Namespace}}, labels: {app: served, dns: "yes"} }
        spec:
          automountServiceAccountToken: false
          terminationGracePeriodSeconds: 1
          containers:
            - name: served
              image: {{image}}
              imagePullPolicy: IfNotPresent
              command: [/kdoctor-agent, serve, --listen, 0.0.0.0, {{listen}} --record, www.shop.test=192.0.2.7, --record, 'www.shop.test=2001:db8::7',
                --record, empty.shop.test=empty, --record, large.shop.test=truncated, --record, broken.shop.test=servfail, --tls-cert, /identity/tls.crt, --tls-key, /identity/tls.key]
              readinessProbe: {tcpSocket: {port: 8853}, periodSeconds: 1}
              volumeMounts: [{name: identity, mountPath: /identity}]
            - name: expired
              image: {{image}}
              imagePullPolicy: IfNotPresent
              command: [/kdoctor-agent, serve, --listen, 0.0.0.0, --http-port, "0", --https-port, "9443", --dns-port, "0", --dns-tls-port, "0",
                --tls-cert, /identity/tls.crt, --tls-key, /identity/tls.key]
              readinessProbe: {tcpSocket: {port: 9443}, periodSeconds: 1}
              volumeMounts: [{name: expired, mountPath: /identity}]
            - name: mutual
              image: {{image}}
              imagePullPolicy: IfNotPresent
              command: [/kdoctor-agent, serve, --listen, 0.0.0.0, --http-port, "0", --https-port, "10443", --dns-port, "0", --dns-tls-port, "0",
                --tls-cert, /identity/tls.crt, --tls-key, /identity/tls.key, --client-ca, /clients/ca.crt]
              readinessProbe: {tcpSocket: {port: 10443}, periodSeconds: 1}
              volumeMounts: [{name: identity, mountPath: /identity}, {name: clients, mountPath: /clients}]
          volumes: [{name: identity, secret: {secretName: identity} }, {name: expired, secret: {secretName: expired} }, {name: clients, secret: {secretName: ca} }]
        """;

    // It runs, and nothing in it listens where its Service leads.
    private static string Dead(string image) => $$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: {{DeadReplica}}, namespace: {{Namespace}}, labels: {dns: "yes"} }
        spec:
          automountServiceAccountToken: false
          terminationGracePeriodSeconds: 1
          containers: [{name: dead, image: {{image}}, imagePullPolicy: IfNotPresent, command: [/kdoctor-agent, serve, --listen, 127.0.0.1]}]
        """;

    private static string Text(byte[] pem) => Encoding.ASCII.GetString(pem);
}
