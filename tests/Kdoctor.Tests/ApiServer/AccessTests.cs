using Kdoctor.TestKit.ApiServer;
using Xunit;

namespace Kdoctor.Tests.ApiServer;

public sealed class AccessTests
{
    [Fact]
    public async Task Strangers_get_401_everywhere_but_on_health_and_version()
    {
        await using var test = await ApiTest.StartAsync();
        using var client = test.Api.NewClient();
        foreach (var header in (string?[])[null, "Bearer wrong-token-wrong-token", "Basic " + LoopbackApi.Token, "Bearer " + LoopbackApi.Token + "x", "Bearer"])
        {
            client.DefaultRequestHeaders.Remove("Authorization");
            if (header is not null) client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);
            foreach (var path in (string[])[ApiTest.Path, "/api", "/apis", "/openapi/v2", "/nothing"])
            {
                using var refused = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
                Assert.Equal(401, (int)refused.StatusCode);
                Assert.Contains("\"reason\":\"Unauthorized\"", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
            }

            foreach (var path in (string[])["/healthz", "/livez", "/readyz", "/version"])
            {
                using var open = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
                Assert.Equal(200, (int)open.StatusCode);
            }
        }
    }

    [Fact]
    public async Task Authorization_sees_the_verb_and_refuses_in_the_words_of_the_real_one()
    {
        var seen = new List<string>();
        await using var test = await ApiTest.StartAsync(authorization: (access, _) =>
        {
            lock (seen) seen.Add($"{access.Verb} {access.Group}/{access.Resource}/{access.Subresource} {access.Namespace} {access.Name}");
            return ValueTask.FromResult(access.Verb == "delete" ? "" : null);
        });
        await test.CreateAsync(ApiTest.NetReach("a"));
        await test.GetAsync(ApiTest.Path + "/a/status");
        await test.GetAsync("/api/v1/namespaces/default/events");
        await test.GetAsync("/apis");
        var refused = await test.Api.SendAsync(HttpMethod.Delete, ApiTest.Path + "/a");
        Assert.Equal(403, refused.Code);
        Assert.Equal(
            "netreaches.kdoctor.io \"a\" is forbidden: User \"tester\" cannot delete resource \"netreaches\" in API group \"kdoctor.io\" at the cluster scope",
            refused.Message);
        Assert.Equal(
            ["create kdoctor.io/netreaches/  ", "get kdoctor.io/netreaches/status  a", "list /events/ default ", "get //  ", "delete kdoctor.io/netreaches/  a"],
            seen);
    }
}
