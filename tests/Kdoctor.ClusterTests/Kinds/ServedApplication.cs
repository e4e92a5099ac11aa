using System.Text;
using System.Text.Json.Nodes;
using Kdoctor.Core.Deployment;
using Kdoctor.TestKit.Contract;
using Kdoctor.TestKit.Tls;
using Xunit;

namespace Kdoctor.ClusterTests.Kinds;

/// <summary>Something to ask in the cluster: the agents' image answers HTTP, HTTPS and DNS in a pod behind a Service, in a namespace of its own.</summary>
public sealed class ServedApplication(Kubectl kubectl)
{
    public const string Namespace = "shop";

    /// <summary>The Service's address.</summary>
    public string Address { get; private set; } = "";

    /// <summary>The node on which it runs.</summary>
    public string Node { get; private set; } = "";

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
              selector: {app: served}
              ports:
                - {name: http, port: 80, targetPort: 8080}
                - {name: https, port: 443, targetPort: 8443}
                - {name: dns, port: 53, targetPort: 5353, protocol: UDP}
                - {name: dns-tcp, port: 53, targetPort: 5353}
                - {name: dns-tls, port: 853, targetPort: 8853}
            """);
        Address = await GetAsync("service", "{.spec.clusterIP}");
        var (certificate, key) = TestAuthority.PemOf(authority.Issue([Address]));
        var image = (await kubectl.RunAsync("-n", ClusterNames.Namespace, "get", "daemonset", ClusterNames.Agent, "-o", "jsonpath={.spec.template.spec.containers[0].image}")).Output;
        var api = await kubectl.RunAsync("config", "view", "--raw", "--flatten", "-o", "jsonpath={.clusters[0].cluster.certificate-authority-data}");
        await ApplyAsync(string.Join("\n---\n",
            Object("Secret", "identity", new() { ["tls.crt"] = Text(certificate), ["tls.key"] = Text(key) }),
            Object("Secret", "ca", new() { ["ca.crt"] = Text(authority.Pem) }),
            Object("Secret", "bad-ca", new() { ["ca.crt"] = Text(stranger.Pem) }),
            Object("Secret", "api", new() { ["ca.crt"] = Text(Convert.FromBase64String(api.Output)) }),
            Object("ConfigMap", "order", new() { ["body"] = "one order, as it is" }),
            Pod(image)));
        var ready = await kubectl.RunAsync("-n", Namespace, "wait", "--for=condition=Ready", "pod/served", "--timeout=25s");
        Assert.True(ready.ExitCode == 0, ready.All);
        Node = await GetAsync("pod", "{.spec.nodeName}");
    }

    /// <summary>How many requests it has answered for a task, by its own count; asking is one more.</summary>
    public async Task<long> CountAsync(string task)
    {
        var answer = await kubectl.RunAsync("get", "--raw", $"/api/v1/namespaces/{Namespace}/pods/served:8080/proxy/?task={task}");
        Assert.True(answer.ExitCode == 0, answer.All);
        return (long)JsonNode.Parse(answer.Output)!["requestCount"]! - 1;
    }

    public Task RemoveAsync() => kubectl.RunAsync("delete", "namespace", Namespace, "--ignore-not-found", "--timeout=25s");

    private async Task ApplyAsync(string manifest)
    {
        var applied = await kubectl.RunWithInputAsync(manifest, "apply", "-f", "-");
        Assert.True(applied.ExitCode == 0, applied.All);
    }

    private async Task<string> GetAsync(string kind, string path) => (await kubectl.RunAsync("-n", Namespace, "get", kind, "served", "-o", $"jsonpath={path}")).Output;

    private static string Object(string kind, string name, JsonObject entries) =>
        $"apiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}, namespace: {Namespace}}}\n{(kind == "Secret" ? "stringData" : "data")}: {entries.ToJsonString()}";

    private static string Pod(string image) => $$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: served, namespace: {{Namespace}}, labels: {app: served} }
        spec:
          automountServiceAccountToken: false
          terminationGracePeriodSeconds: 1
          containers:
            - name: served
              image: {{image}}
              imagePullPolicy: IfNotPresent
              command: [/kdoctor-agent, serve, --listen, 0.0.0.0, --record, www.shop.test=192.0.2.7, --tls-cert, /identity/tls.crt, --tls-key, /identity/tls.key]
              readinessProbe: {tcpSocket: {port: 8853}, periodSeconds: 1}
              volumeMounts: [{name: identity, mountPath: /identity}]
          volumes: [{name: identity, secret: {secretName: identity} }]
        """;

    private static string Text(byte[] pem) => Encoding.ASCII.GetString(pem);
}
