using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Kdoctor.Agent.Apps;
using Kdoctor.TestKit.Fuzzing;
using Kdoctor.TestKit.Tls;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kdoctor.Tests.Agent.Apps;

/// <summary>The application to test against, asked by clients that nobody here wrote.</summary>
public sealed class AppServerTests : IDisposable
{
    private readonly TestAuthority authority = new();

    [Fact]
    public async Task The_echo_answers_over_both_schemes_and_knows_its_client_behind_TLS()
    {
        await using var app = await StartAsync(clients: false);
        Assert.Equal(["http", "https"], app.Urls.Select(url => url.Scheme));
        foreach (var url in app.Urls)
        {
            using var client = Client(null);
            using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(url, "/any?task=a")) { Content = new StringContent("hello") };
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            var echo = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
            Assert.Equal(("PUT", "hello", "127.0.0.1", "app"), ((string)echo["requestMethod"]!, (string)echo["requestBody"]!, (string)echo["clientIp"]!, (string)echo["serverName"]!));
        }
        Assert.Equal(2, app.Echo.RequestsOf("a"));
    }

    [Fact]
    public async Task What_came_for_a_task_is_told_whoever_asks()
    {
        await using var app = await StartAsync(clients: false);
        await AskAsync(app.Urls[0], "/?task=a", new StringContent("another"));
        await AskAsync(app.Urls[0], "/?task=a", new StringContent("one order"));
        await AskAsync(app.Urls[0], "/?task=a", new StringContent("one order"));
        await AskAsync(app.Urls[1], "/?task=a", null, HttpVersion.Version20);
        var record = (await AskAsync(app.Urls[0], "/?task=a", null)).Body["taskRecord"]!;
        Assert.Equal(
            (1, 2, 9, Convert.ToHexStringLower(SHA256.HashData("one order"u8))),
            ((int)record["http2"]!, (int)record["bodyCount"]!, (int)record["bodyLength"]!, (string)record["bodySha256"]!));
    }

    [Fact]
    public async Task Every_so_manieth_request_of_a_task_fails_where_it_asks_for_that()
    {
        await using var app = await StartAsync(clients: false);
        var seen = new List<int>();
        foreach (var task in new[] { "a", "a", "b", "a", "b", "a", "a", "a" })
            seen.Add((await AskAsync(app.Urls[0], $"/?task={task}&status=503&status-every=3", null)).Status);
        Assert.Equal([200, 200, 200, 503, 200, 200, 200, 503], seen);
    }

    [Fact]
    public async Task HTTP2_is_spoken_to_who_asks_for_it_with_bodies_of_any_size_and_many_requests_at_once()
    {
        await using var app = await StartAsync(clients: false);
        using var client = Client(null);
        var large = new string('x', 300_000);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(number => AskAsync(
            app.Urls[1], $"/any?task=h2&delay=0.05&n={number}", number % 10 == 0 ? new StringContent(large) : null, HttpVersion.Version20, client)));
        Assert.All(answers, answer => Assert.Equal((HttpVersion.Version20, 200), (answer.Version, answer.Status)));
        Assert.Equal(5, answers.Count(answer => (string)answer.Body["requestBody"]! == large));
        Assert.Equal(Enumerable.Range(0, 50), answers.Select(answer => int.Parse(((string)answer.Body["requestParam"]!).Split("n=")[1], CultureInfo.InvariantCulture)));
        Assert.Equal(50, app.Echo.RequestsOf("h2"));
        Assert.Equal(HttpVersion.Version11, (await AskAsync(app.Urls[1], "/", null)).Version);
    }

    [Fact]
    public async Task Rude_clients_of_HTTP2_are_let_go_and_others_are_served()
    {
        await using var app = await StartAsync(clients: false);
        using var root = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(Base64(authority.Pem)));
        var chance = new Random(7);
        foreach (var _ in FuzzRounds.Of(30))
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, app.Urls[1].Port, TestContext.Current.CancellationToken);
            await using var tls = new SslStream(socket.GetStream());
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
                    ApplicationProtocols = [SslApplicationProtocol.Http2],
                    CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { root } },
                },
                TestContext.Current.CancellationToken);
            var octets = new byte[chance.Next(1, 400)];
            chance.NextBytes(octets);
            await tls.WriteAsync((byte[])[.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, (byte)octets.Length, (byte)chance.Next(10), (byte)chance.Next(64), 0, 0, 0, (byte)chance.Next(4), .. octets], TestContext.Current.CancellationToken);
        }
        Assert.Equal(200, (await AskAsync(app.Urls[1], "/", null, HttpVersion.Version20)).Status);
    }

    [Fact]
    public async Task With_an_authority_for_clients_only_those_it_signed_are_served()
    {
        await using var app = await StartAsync(clients: true);
        var url = app.Urls[^1];
        using (var stranger = Client(null))
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => stranger.GetStringAsync(url, TestContext.Current.CancellationToken));
        using var known = Client(authority.Issue(["client"]));
        Assert.Contains("serverName", await known.GetStringAsync(url, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_with_the_options_is_told_at_once() =>
        Assert.Equal(3, new AppOptions { Name = " ", Listen = [], HttpPort = -1, Zone = DnsZone.Read([]) }.Problems().Count());

    public void Dispose() => authority.Dispose();

    private Task<AppServer> StartAsync(bool clients) => AppServer.StartAsync(
        new AppOptions
        {
            Name = "app",
            Listen = [IPAddress.Loopback],
            Zone = DnsZone.Read(["a.test=10.1.2.3"]),
            Certificate = new TlsIdentityOptions(authority.Issue(["localhost", "127.0.0.1"]), clients ? X509CertificateLoader.LoadCertificate(Convert.FromBase64String(Base64(authority.Pem))) : null),
        },
        Kdoctor.TestKit.ApiServer.Clock.Real,
        NullLoggerFactory.Instance);

    private static async Task<(int Status, Version Version, JsonNode Body)> AskAsync(Uri url, string path, HttpContent? body, Version? version = null, HttpClient? client = null)
    {
        using var own = client is null ? Client(null) : null;
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Put, new Uri(url, path))
        {
            Content = body, Version = version ?? HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var answer = await (client ?? own!).SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, answer.Version, JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!);
    }

    private static string Base64(byte[] pem) => string.Concat(System.Text.Encoding.ASCII.GetString(pem).Split('\n').Where(line => !line.StartsWith('-')));

    private static HttpClient Client(X509Certificate2? certificate)
    {
        var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
        if (certificate is not null)
            handler.ClientCertificates.Add(certificate);
        return new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(10) };
    }
}
