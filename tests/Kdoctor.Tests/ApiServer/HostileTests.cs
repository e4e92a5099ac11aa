using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Kdoctor.ApiServer.Http;
using Kdoctor.TestKit.ApiServer;
using Xunit;

namespace Kdoctor.Tests.ApiServer;

public sealed class HostileTests
{
    private const int IdleConnections = 1000;

    [Fact]
    public async Task Bodies_that_are_too_large_too_deep_or_not_text_are_refused_cleanly()
    {
        await using var test = await ApiTest.StartAsync(options: new KubernetesApiOptions { MaxBodyBytes = 100_000 });
        foreach (var (body, type, code) in ((string, string, int)[])
        [
            (ApiTest.NetReach("a", "\"spec\":{\"x\":\"" + new string('x', 100_000) + "\"}"), "application/json", 413),
            (string.Concat(Enumerable.Repeat("[", 20_000)), "application/json", 400),
            (string.Concat(Enumerable.Repeat("[", 20_000)), "application/yaml", 400),
            (string.Concat(Enumerable.Repeat("{\"a\":", 20_000)), "application/json", 400),
            ("a: &a [x,x]\nb: &b [*a,*a]\n", "application/yaml", 400),
            ("\"\\ud800\"", "application/json", 400),
            ("{\"a\":1,\"a\":2}", "application/json", 400),
            ("a: b\n---\nc: d\n", "application/yaml", 400),
            ("\0\0\0", "application/json", 400),
            ("{}", "application/vnd.kubernetes.protobuf", 415),
            ("{}", "text/html; charset=\"", 415),
        ])
        {
            var answer = await test.Api.SendAsync(HttpMethod.Post, ApiTest.Path, body, type);
            Assert.Equal((body[..Math.Min(20, body.Length)], code), (body[..Math.Min(20, body.Length)], answer.Code));
            Assert.Equal("Status", answer.Json["kind"]!.GetValue<string>());
        }

        Assert.Equal(201, (await test.CreateAsync(ApiTest.NetReach("fine"))).Code);
    }

    [Fact]
    public async Task A_body_that_does_not_say_its_length_ends_at_the_limit()
    {
        await using var test = await ApiTest.StartAsync(options: new KubernetesApiOptions { MaxBodyBytes = 100_000 });
        using var request = new HttpRequestMessage(HttpMethod.Post, ApiTest.Path) { Content = new StringContent(new string(' ', 100_001)) };
        request.Headers.TransferEncodingChunked = true;
        using var answer = await test.Api.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(413, (int)answer.StatusCode);
        Assert.Contains("\"reason\":\"RequestEntityTooLarge\"", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Yaml_bodies_are_taken()
    {
        await using var test = await ApiTest.StartAsync();
        const string body = "apiVersion: kdoctor.io/v1beta1\nkind: NetReach\nmetadata: {name: y}\nspec:\n  request: {qps: 7}\n  schedule:\n    schedule: '0 1'\n";
        var created = await test.Api.SendAsync(HttpMethod.Post, ApiTest.Path, body, "application/yaml");
        Assert.Equal((201, 7), (created.Code, created.Json["spec"]!["request"]!["qps"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Garbage_half_requests_and_a_thousand_idle_connections_harm_nobody()
    {
        await using var test = await ApiTest.StartAsync();
        var sockets = new List<TcpClient>();
        try
        {
            for (var i = 0; i < IdleConnections; i++)
            {
                var socket = new TcpClient();
                sockets.Add(socket);
                await socket.ConnectAsync(test.Api.Address.Host, test.Api.Address.Port, TestContext.Current.CancellationToken);
                if (i % 3 == 0) await socket.GetStream().WriteAsync("\u0016\u0003garbage\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
            }

            for (var i = 0; i < 20; i++) sockets.Add(await HalfRequestAsync(test.Api));
            Assert.Equal(201, (await test.CreateAsync(ApiTest.NetReach("fine"))).Code);
            Assert.Equal(200, (await test.GetAsync(ApiTest.Path + "/fine")).Code);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }

        Assert.Equal(200, (await test.GetAsync(ApiTest.Path)).Code);
    }

    [Theory]
    [InlineData("/apis/kdoctor.io/v1beta1/netreaches/..%2f..%2fx")]
    [InlineData("/apis/kdoctor.io/v1beta1/netreaches/a/b/c/d")]
    [InlineData("/apis/kdoctor.io/v1beta1//netreaches")]
    [InlineData("/apis/kdoctor.io/v1beta1/netreaches/%00")]
    [InlineData("/apis/kdoctor.io/v1beta1/namespaces/x/netreaches/a")]
    [InlineData("/api/v1/events/x")]
    [InlineData("/openapi/v3/apis/none/v1")]
    [InlineData("/")]
    public async Task Strange_paths_are_not_found(string path)
    {
        await using var test = await ApiTest.StartAsync();
        var answer = await test.GetAsync(path);
        Assert.InRange(answer.Code, 400, 404);
    }

    private static async Task<TcpClient> HalfRequestAsync(LoopbackApi api)
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(api.Address.Host, api.Address.Port, TestContext.Current.CancellationToken);
#pragma warning disable CA5359, CA2000 // An attacker trusts anybody, and leaves the stream to its socket.
        var tls = new SslStream(socket.GetStream(), leaveInnerStreamOpen: true, (_, _, _, _) => true);
#pragma warning restore CA5359, CA2000
        await tls.AuthenticateAsClientAsync("loopback");
        var head = $"POST {ApiTest.Path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {LoopbackApi.Token}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{\"half";
        await tls.WriteAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
        return socket;
    }
}
