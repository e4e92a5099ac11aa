using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Http;
using Kdoctor.ApiServer.Resources;
using Kdoctor.ApiServer.Security;
using Kdoctor.ApiServer.Storage;
using Kdoctor.Controller.Admission;
using Kdoctor.Controller.Aggregation;
using Kdoctor.Controller.Certificates;
using Kdoctor.Core.Tasks;
using Kdoctor.TestKit.ApiServer;
using Kdoctor.TestKit.Tls;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kdoctor.Tests.Controller.Aggregation;

/// <summary>Who is believed on the port that API servers call, over real TLS.</summary>
public sealed class FrontProxyTests : IAsyncDisposable
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private const string Path = "/api/v1/namespaces/default/configmaps";

    private readonly TestAuthority authority = new("front proxy");
    private readonly TestAuthority strangers = new("strangers");
    private readonly X509Certificate2 server;
    private readonly SqliteObjectStore store = SqliteObjectStore.Open(new SqliteObjectStoreOptions { Path = ":memory:" });
    private readonly AdmissionWebhook webhook = new(new TaskReview(TaskLimits.Default), Clock.Real, NullLogger<AdmissionWebhook>.Instance);
    private readonly List<AccessRequest> asked = [];
    private string? why;
    private FrontProxy? trusted;

    public FrontProxyTests()
    {
        server = strangers.Issue(["localhost"]);
        trusted = FrontProxy.Read(ConfigMap("""["test"]"""));
    }

    public ValueTask DisposeAsync()
    {
        authority.Dispose();
        strangers.Dispose();
        server.Dispose();
        store.Dispose();
        webhook.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task The_front_proxy_is_believed_with_all_that_it_says_of_the_user(string version)
    {
        var (code, _) = await CallAsync(authority.Issue(["any"]), version, ("X-Remote-User", "ann"), ("X-Remote-Group", "devs"), ("X-Other-Group", "ops, and others"), ("X-Remote-Extra-Example.com%2fScope", "a"));
        Assert.Equal(200, code);
        var caller = Assert.Single(asked).Caller;
        Assert.Equal("ann", caller.Name);
        Assert.Equal(["devs", "ops, and others", "system:authenticated"], caller.Groups);
        Assert.Equal(["a"], caller.Extra["example.com/scope"]);
        Assert.Equal(("list", "configmaps"), (asked[0].Verb, asked[0].Resource));
    }

    [Fact]
    public async Task A_user_without_rights_is_refused_with_the_reason()
    {
        why = "no role says so";
        var (code, text) = await CallAsync(authority.Issue(["any"]), "1.1", ("X-Remote-User", "ann"));
        Assert.Equal(403, code);
        Assert.Contains("User \\\"ann\\\" cannot list resource \\\"configmaps\\\"", text.Replace("\\u0022", "\\\"", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("no role says so", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_anonymous_user_stays_out_of_the_group_of_known_ones()
    {
        await CallAsync(authority.Issue(["any"]), "1.1", ("X-Remote-User", "system:anonymous"), ("X-Remote-Group", "system:unauthenticated"));
        Assert.Equal(["system:unauthenticated"], asked.Single().Caller.Groups);
    }

    public static TheoryData<string> Strangers() => ["no certificate", "another authority", "ended", "another name", "no user", "nobody is trusted"];

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task Whoever_is_not_the_front_proxy_gets_401_whatever_headers_it_sends_and_loses_its_connection(string how)
    {
        var past = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var certificate = how switch
        {
            "no certificate" => null,
            "another authority" => strangers.Issue(["any"]),
            "ended" => authority.Issue(["any"], until: past),
            _ => authority.Issue(["any"]),
        };
        trusted = how switch
        {
            "another name" => FrontProxy.Read(ConfigMap("""["front-proxy-client"]""")),
            "nobody is trusted" => null,
            _ => trusted,
        };
        var (code, text) = await CallAsync(certificate, "1.1", (how == "no user" ? "X-Remote-Group" : "X-Remote-User", "system:masters"));
        Assert.Equal(401, code);
        Assert.Contains("\"reason\":\"Unauthorized\"", text, StringComparison.Ordinal);
        Assert.Empty(asked);
        Assert.True(lastClosed);
    }

    [Fact]
    public async Task Any_name_will_do_where_the_cluster_names_none()
    {
        trusted = FrontProxy.Read(ConfigMap("[]"));
        Assert.Equal(200, (await CallAsync(authority.Issue(["any"]), "1.1", ("X-Remote-User", "ann"))).Code);
    }

    [Theory]
    [InlineData("requestheader-client-ca-file", null)]
    [InlineData("requestheader-client-ca-file", "no certificate")]
    [InlineData("requestheader-client-ca-file", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    [InlineData("requestheader-username-headers", null)]
    [InlineData("requestheader-username-headers", "X-Remote-User")]
    [InlineData("requestheader-username-headers", "[1]")]
    [InlineData("requestheader-allowed-names", "{")]
    public void A_configuration_that_is_damaged_makes_nobody_believed(string field, string? value)
    {
        var map = ConfigMap("[]");
        map["data"]![field] = value;
        Assert.Null(FrontProxy.Read(map));
    }

    private bool lastClosed;

    private async Task<(int Code, string Text)> CallAsync(X509Certificate2? certificate, string version, params (string Name, string Value)[] headers)
    {
        var definition = WellKnownResources.ConfigMap;
        var api = new KubernetesApi(
            new KubernetesApiOptions(),
            [new ApiResource(definition, store.Resource(definition))],
            new FrontProxyAuthenticator(() => trusted, Clock.Real),
            new ApiSources(Clock.Real, () => Guid.Empty, new Random(1)),
            NullLogger<KubernetesApi>.Instance,
            (request, _) =>
            {
                asked.Add(request);
                return new(why);
            });
        await using var listener = await ApiListener.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), new FixedCertificate(server, server), api, webhook, NullLoggerFactory.Instance, Cancellation);
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, presented, _, _) => presented?.GetCertHashString() == server.GetCertHashString();
        if (certificate is not null)
            handler.SslOptions.ClientCertificates = [certificate];
        handler.SslOptions.LocalCertificateSelectionCallback = certificate is null ? null : (_, _, _, _, _) => certificate;
        using var client = new HttpClient(handler) { BaseAddress = listener.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, Path) { Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        using var response = await client.SendAsync(request, Cancellation);
        lastClosed = response.Headers.ConnectionClose is true;
        certificate?.Dispose();
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }

    private JsonObject ConfigMap(string names) => new()
    {
        ["data"] = new JsonObject
        {
            ["requestheader-client-ca-file"] = Encoding.ASCII.GetString(authority.Pem),
            ["requestheader-allowed-names"] = names,
            ["requestheader-username-headers"] = """["X-Remote-User"]""",
            ["requestheader-group-headers"] = """["X-Remote-Group","X-Other-Group"]""",
            ["requestheader-extra-headers-prefix"] = """["X-Remote-Extra-"]""",
        },
    };
}
