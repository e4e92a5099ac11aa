using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using k8s;
using Kdoctor.ClusterTests.Installed;
using Kdoctor.Core.Deployment;
using Xunit;

namespace Kdoctor.ClusterTests.Tasks;

/// <summary>What an agent may do, and what strangers get from it.</summary>
[Collection(InstalledTurns.Name)]
public sealed class AgentAccessTests(InstalledCluster cluster)
{
    [Fact]
    public async Task An_agents_token_reads_not_one_object()
    {
        var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.Kubeconfig);
        foreach (var (audience, status) in new[] { ("kdoctor-controller", HttpStatusCode.Unauthorized), (null, HttpStatusCode.Forbidden) })
        {
            using var agent = new Kubernetes(new KubernetesClientConfiguration { Host = configuration.Host, SslCaCerts = configuration.SslCaCerts, AccessToken = await TokenAsync(audience) });
            foreach (var path in new[]
            {
                "api/v1/nodes", "api/v1/pods", "api/v1/namespaces/kdoctor/pods", "api/v1/namespaces/kdoctor/secrets", "api/v1/namespaces/kdoctor/configmaps/kdoctor-controller-ca",
                "api/v1/namespaces/kdoctor/secrets/kdoctor-controller-tls", "api/v1/services", "apis/apps/v1/daemonsets", "apis/kdoctor.io/v1beta1/netreaches", "apis/system.kdoctor.io/v1beta1/kdoctorreports",
            })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(agent.BaseUri, path));
                await agent.Credentials.ProcessHttpRequestAsync(request, TestContext.Current.CancellationToken);
                using var answer = await agent.HttpClient.SendAsync(request, TestContext.Current.CancellationToken);
                Assert.True(answer.StatusCode == status, $"{path} for audience {audience}: {answer.StatusCode}");
            }
        }
    }

    [Fact]
    public async Task A_stranger_gets_the_echo_and_figures_from_an_agent_and_nothing_else()
    {
        TestBed.Required();
        var address = (await cluster.Kubectl.RunAsync(
            "-n", InstalledCluster.Namespace, "get", "pods", "-l", "app.kubernetes.io/name=kdoctor-agent", "-o", "jsonpath={.items[0].status.podIP}")).Output;
        using var client = new HttpClient();
        var echo = JsonNode.Parse(await client.GetStringAsync(new Uri($"http://{address}:8080/any/path"), TestContext.Current.CancellationToken))!.AsObject();
        Assert.Equal(
            ["TaskName", "clientIp", "requestBody", "requestCount", "requestHeader", "requestMethod", "requestParam", "requestUrl", "serverName"],
            echo.Select(field => field.Key).Order(StringComparer.Ordinal));
        // How much, never what: the only label is the kind of task, and there is nothing else to read.
        var metrics = await client.GetStringAsync(new Uri($"http://{address}:{ClusterPorts.AgentHealth}/metrics"), TestContext.Current.CancellationToken);
        var labelled = metrics.Split('\n').Where(line => line.Contains('{', StringComparison.Ordinal)).ToList();
        Assert.All(labelled, line => Assert.StartsWith("kdoctor_agent_load_requests_per_second{kind=", line, StringComparison.Ordinal));
        Assert.Contains("kdoctor_agent_connected 1", metrics, StringComparison.Ordinal);
        foreach (var path in new[] { "", "debug/pprof", "kdoctoragent", "config" })
        {
            using var other = await client.GetAsync(new Uri($"http://{address}:{ClusterPorts.AgentHealth}/{path}"), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        }

        // The predecessor ran a shell for whoever asked on port 3000.
        foreach (var port in new[] { 3000, 5711, 22, 80, 443 })
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            var refused = await Assert.ThrowsAsync<SocketException>(() => socket.ConnectAsync(address, port, TestContext.Current.CancellationToken).AsTask());
            Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        }
    }

    private async Task<string> TokenAsync(string? audience)
    {
        var file = Path.GetTempFileName();
        try
        {
            var audiences = audience is null ? "" : $"\"audiences\":[\"{audience}\"],";
            await File.WriteAllTextAsync(file, $$$"""{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{{{{audiences}}}"expirationSeconds":600}}""");
            var made = await cluster.Kubectl.RunAsync("create", "--raw", "/api/v1/namespaces/kdoctor/serviceaccounts/kdoctor-agent/token", "-f", file);
            Assert.True(made.ExitCode == 0, made.All);
            return JsonNode.Parse(made.Output)!["status"]!["token"]!.ToString();
        }
        finally
        {
            File.Delete(file);
        }
    }
}
