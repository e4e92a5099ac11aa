using CsCheck;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Tasks.Reading;
using Kdoctor.Probing.Http;
using Kdoctor.Probing.Http2;
using Xunit;

namespace Kdoctor.Tests.Core.Tasks;

public sealed class HttpTargetTests
{
    [Fact]
    public void Method_headers_and_status_code_reach_the_request()
    {
        var query = Assert.IsType<HttpQuery>(Query("host: http://shop:8080/a?b=c, method: PUT, header: ['X-A:  1 ', 'X-Time: 12:30:00']", "statusCode: 201"));

        Assert.Equal(new Uri("http://shop:8080/a?b=c"), query.Url);
        Assert.Equal("PUT", query.Request.Method);
        Assert.Equal("/a?b=c", query.Request.RequestTarget);
        Assert.Equal("shop:8080", query.Request.HostHeader);
        Assert.Equal(["X-A: 1", "X-Time: 12:30:00"], query.Request.Headers);
        Assert.Equal(201, query.Request.ExpectedStatus);
        Assert.False(query.Request.Echo);
    }

    [Theory]
    [InlineData("shop", "http://shop/", "shop", "/")]
    [InlineData("shop:8080/x", "http://shop:8080/x", "shop:8080", "/x")]
    [InlineData("HTTP://Shop:80", "http://shop/", "shop", "/")]
    [InlineData("10.0.0.1", "http://10.0.0.1/", "10.0.0.1", "/")]
    [InlineData("http://[::1]:8080/a", "http://[::1]:8080/a", "[::1]:8080", "/a")]
    [InlineData("http://shop?q=1", "http://shop/?q=1", "shop", "/?q=1")]
    [InlineData("http://shop/a#part", "http://shop/a#part", "shop", "/a")]
    [InlineData("shop_1.default.svc/a%20b", "http://shop_1.default.svc/a%20b", "shop_1.default.svc", "/a%20b")]
    public void A_url_without_a_scheme_is_http(string host, string url, string hostHeader, string target)
    {
        var query = Assert.IsType<HttpQuery>(Query($"host: '{host}', method: GET"));

        Assert.Equal(url, query.Url.AbsoluteUri);
        Assert.Equal(hostHeader, query.Request.HostHeader);
        Assert.Equal(target, query.Request.RequestTarget);
        Assert.Null(query.Request.ExpectedStatus);
    }

    [Fact]
    public void A_host_header_of_the_users_own_replaces_ours()
    {
        var request = Assert.IsType<HttpQuery>(Query("host: 10.0.0.1, method: GET, header: ['host: shop.example', 'A: b']")).Request;

        Assert.Equal("shop.example", request.HostHeader);
        Assert.Equal(["A: b"], request.Headers);
    }

    [Theory]
    [InlineData("http://[fd00::10]/", "[fd00::10]")]
    [InlineData("https://[fd00::10]", "[fd00::10]")]
    [InlineData("http://[fd00::10]:8080/a", "[fd00::10]:8080")]
    public void An_IPv6_literal_needs_no_port(string host, string sent) =>
        Assert.Equal(sent, Assert.IsType<HttpQuery>(Query($"host: '{host}', method: GET")).Request.HostHeader);

    [Theory]
    [InlineData("host: shop, method: GET", false)]
    [InlineData("host: shop, method: GET, keepAlive: true", true)]
    public void Connections_are_kept_only_where_the_task_says_so(string target, bool kept) =>
        Assert.Equal(kept, Assert.IsType<HttpQuery>(Query(target)).Request.KeepAlive);

    [Fact]
    public void CONNECT_asks_for_an_authority() =>
        Assert.Equal("shop:80", Assert.IsType<HttpQuery>(Query("host: shop/a, method: CONNECT")).Request.RequestTarget);

    [Theory]
    [InlineData("host: shop, method: GET", false, false, "shop")]
    [InlineData("host: https://shop, method: GET", true, false, "shop")]
    [InlineData("host: shop, method: GET, http2: true", false, true, "shop")]
    [InlineData("host: https://shop:8443, method: GET, http2: true", true, true, "shop:8443")]
    public void The_scheme_and_http2_choose_the_protocol(string target, bool tls, bool http2, string host)
    {
        var request = Assert.IsType<HttpQuery>(Query(target)).Request;

        Assert.Equal((tls, http2, host), (request.Tls is not null, request.Http2, request.HostHeader));
        Assert.False(request.Tls?.Verifies ?? false);
    }

    [Fact]
    public void Objects_that_the_task_names_are_kept_by_name()
    {
        var query = Assert.IsType<HttpQuery>(Query("host: https://shop, method: POST, bodyConfigmapName: b, bodyConfigmapNamespace: c, tlsSecretName: d, tlsSecretNamespace: e"));

        Assert.Equal(
            [new ObjectReference(ObjectKind.ConfigMap, "c", "b"), new ObjectReference(ObjectKind.Secret, "e", "d")],
            RequestMaterial.ReferencesOf(query.Request));
    }

    [Fact]
    public void A_Secret_without_TLS_to_use_it_in_is_said_and_not_read()
    {
        var query = Assert.IsType<HttpQuery>(Query("host: http://shop, method: GET, tlsSecretName: d, tlsSecretNamespace: e"));

        Assert.Empty(RequestMaterial.ReferencesOf(query.Request));
        Assert.Contains("the URL is http", query.Note, StringComparison.Ordinal);
    }

    /// <summary>C16, one bad task crashed all agents. Against the defect: what follows the colon is read without looking whether there is one, and this throws.</summary>
    /// <remarks>Seen red: HeaderField does not look whether there is a colon, IngressFacts whether there is a path.</remarks>
    [Theory]
    [InlineData("Authorization Bearer-abc")]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData(":")]
    [InlineData("é: 1")]
    [InlineData("A: b\u0000")]
    [InlineData("A : b")]
    public void C16_a_header_that_is_none_is_a_problem_and_never_a_crash(string header)
    {
        Assert.Null(HeaderField.Parse(header, out var problem, out var remedy));
        Assert.NotEmpty(problem);
        Assert.NotEmpty(remedy);
        Assert.DoesNotContain("abc", problem, StringComparison.Ordinal);
    }

    /// <summary>What the validator lets pass can be sent over both versions: else every agent refuses the round.</summary>
    /// <remarks>Seen red: HeaderField lets characters beyond Latin-1 pass, and a Host with a space.</remarks>
    [Fact]
    public void Every_header_that_is_accepted_can_be_sent_over_both_versions() => Gen.Select(Gen.Bool, Gen.String[Gen.Char["aé€:\u200b\t\0 "], 0, 5]).Sample((host, value) =>
    {
        if (HeaderField.Parse($"{(host ? "host" : "X-A")}:{value}", out _, out _) is not { } header)
            return;
        var request = HttpRequestPlan.To(new Uri("http://shop/"), "GET", [header]);
        _ = new RequestTemplate(request, default);
        _ = new RequestFrames(request with { Http2 = true }, default);
    });

    [Theory]
    [InlineData("http://user:hunter2@shop:99999/")]
    [InlineData("user:hunter2@shop/a b")]
    [InlineData("http://user:hunter2@")]
    [InlineData("http://user:hunter2@sh!op/")]
    public void No_problem_repeats_a_password(string host)
    {
        Assert.Null(TargetUrl.Parse(host, out var problem, out _));
        Assert.DoesNotContain("hunter2", problem, StringComparison.Ordinal);
    }

    private static TargetQuery Query(string target, string expect = "")
    {
        var file = TaskFile.Read(
            $"apiVersion: kdoctor.io/v1beta1\nkind: AppHttpHealthy\nmetadata: {{name: a}}\nspec: {{target: {{{target}}}, expect: {{{expect}}}}}", TaskLimits.Lab);
        Assert.Empty(file.Problems);
        return Assert.Single(file.Readings.Single().Task!.Targets);
    }
}
