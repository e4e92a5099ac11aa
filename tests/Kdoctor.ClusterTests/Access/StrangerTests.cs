using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kdoctor.ClusterTests.Installed;
using Kdoctor.Core.Deployment;
using Xunit;

namespace Kdoctor.ClusterTests.Access;

/// <summary>Who reaches the installation's ports, and is neither the API server nor an agent, gets nothing.</summary>
[Collection(InstalledTurns.Name)]
public sealed class StrangerTests(InstalledCluster cluster)
{
    private const string Reports = "apis/system.kdoctor.io/v1beta1/kdoctorreports";

    [Fact]
    public Task A_forged_front_proxy_header_is_refused() => PortForward.UseAsync(cluster.Kubectl, $"service/{ClusterNames.Controller}", 443, async (client, authority) =>
    {
        using var forged = Forged(new Uri($"https://{authority}/{Reports}"));
        using var answer = await client.SendAsync(forged);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    });

    [Fact]
    public Task A_forged_header_with_a_certificate_that_only_bears_the_front_proxys_name_is_refused() => PortForward.UseAsync(cluster.Kubectl, $"service/{ClusterNames.Controller}", 443, async (_, authority) =>
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=front-proxy-client", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = Waiting.Clock.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddHours(-1), now.AddHours(1));
        using var handler = new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null, ClientCertificates = [made] },
        };
        using var client = new HttpClient(handler);
        using var forged = Forged(new Uri($"https://{authority}/{Reports}"));
        using var answer = await client.SendAsync(forged);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    });

    [Theory]
    [InlineData(null)]
    [InlineData("this-is-no-token")]
    public Task A_stranger_who_plays_an_agent_is_refused(string? token) => PortForward.UseAsync(cluster.Kubectl, $"service/{ClusterNames.Controller}", ClusterPorts.ControllerAgents, async (client, authority) =>
    {
        Assert.Equal("16", await ConnectAsync(client, authority, token));
    });

    [Fact]
    public async Task A_token_of_another_service_account_lets_nobody_in_as_an_agent()
    {
        var token = await ServiceAccountTokens.RequestAsync(cluster.Kubectl, "default", ClusterNames.TokenAudience);
        await PortForward.UseAsync(cluster.Kubectl, $"service/{ClusterNames.Controller}", ClusterPorts.ControllerAgents, async (client, authority) =>
            Assert.Equal("16", await ConnectAsync(client, authority, token)));
    }

    [Fact]
    public async Task A_token_of_the_agents_account_that_is_bound_to_no_pod_lets_nobody_in()
    {
        var token = await ServiceAccountTokens.RequestAsync(cluster.Kubectl, ClusterNames.Agent, ClusterNames.TokenAudience);
        await PortForward.UseAsync(cluster.Kubectl, $"service/{ClusterNames.Controller}", ClusterPorts.ControllerAgents, async (client, authority) =>
            Assert.Equal("16", await ConnectAsync(client, authority, token)));
    }

    [Fact]
    public async Task An_agents_health_port_says_nothing_but_its_health()
    {
        var pod = (await cluster.AgentsAsync()).Values.First();
        await PortForward.UseAsync(cluster.Kubectl, $"pod/{pod}", ClusterPorts.AgentHealth, async (client, authority) =>
        {
            using var healthy = await client.GetAsync(new Uri($"http://{authority}/healthy/liveness"));
            Assert.Equal(HttpStatusCode.OK, healthy.StatusCode);
            foreach (var path in (string[])["", "debug/pprof", "metrics/../etc/passwd", "kdoctoragent"])
            {
                using var other = await client.GetAsync(new Uri($"http://{authority}/{path}"));
                Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
            }
        });
    }

    private static HttpRequestMessage Forged(Uri address)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add("X-Remote-User", "kubernetes-admin");
        request.Headers.Add("X-Remote-Group", "system:masters");
        return request;
    }

    // The status of a gRPC call, from the trailers or, where there was nothing else to say, from the headers (gRPC over HTTP/2, "Responses").
    private static async Task<string> ConnectAsync(HttpClient client, string authority, string? token)
    {
        using var call = new HttpRequestMessage(HttpMethod.Post, new Uri($"https://{authority}/kdoctor.agent.v1.AgentControl/Connect"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([]) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        call.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        if (token is not null)
            call.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await client.SendAsync(call);
        await answer.Content.ReadAsByteArrayAsync();
        return answer.Headers.Concat(answer.TrailingHeaders).Where(header => header.Key == "grpc-status").Select(header => header.Value.Single()).Single();
    }
}
