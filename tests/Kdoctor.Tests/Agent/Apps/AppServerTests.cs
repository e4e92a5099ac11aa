using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Kdoctor.Agent.Apps;
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

    private static string Base64(byte[] pem) => string.Concat(System.Text.Encoding.ASCII.GetString(pem).Split('\n').Where(line => !line.StartsWith('-')));

    private static HttpClient Client(X509Certificate2? certificate)
    {
        var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
        if (certificate is not null)
            handler.ClientCertificates.Add(certificate);
        return new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(10) };
    }
}
