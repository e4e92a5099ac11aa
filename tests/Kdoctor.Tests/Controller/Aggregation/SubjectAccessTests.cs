using Kdoctor.ApiServer.Security;
using Kdoctor.Controller.Aggregation;
using Kdoctor.Controller.Objects;
using Kdoctor.Tests.Controller.Objects;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Kdoctor.Tests.Controller.Aggregation;

public sealed class SubjectAccessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly FakeTimeProvider time = new();

    [Fact]
    public async Task Roles_decide_and_their_answer_holds_for_ten_seconds_yes_and_no_alike()
    {
        await using var cluster = await FakeCluster.StartAsync();
        using var access = new SubjectAccess(cluster.Objects, time);
        cluster.Allows = spec => spec["user"]!.GetValue<string>() == "ann";
        for (var again = 0; again < 3; again++)
        {
            Assert.Null(await access.AuthorizeAsync(Read("ann"), Cancellation));
            Assert.Equal("no role says so", await access.AuthorizeAsync(Read("bob"), Cancellation));
        }
        Assert.Equal(2, cluster.Reviews.Count);

        cluster.Allows = _ => false;
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.NotNull(await access.AuthorizeAsync(Read("ann"), Cancellation));
        Assert.Equal(3, cluster.Reviews.Count);
    }

    [Fact]
    public async Task All_that_is_known_of_the_caller_is_asked_about()
    {
        await using var cluster = await FakeCluster.StartAsync();
        using var access = new SubjectAccess(cluster.Objects, time);
        var caller = new Caller("ann", ["devs"]) { Uid = "7", Extra = new Dictionary<string, IReadOnlyList<string>> { ["scope"] = ["a", "b"] } };
        await access.AuthorizeAsync(new AccessRequest(caller, "get", "/p") { Group = "", Version = "v1", Resource = "secrets", Namespace = "n", Name = "s" }, Cancellation);
        await access.AuthorizeAsync(new AccessRequest(caller, "get", "/openapi/v2"), Cancellation);
        const string who = "\"user\":\"ann\",\"groups\":[\"devs\"],\"uid\":\"7\",\"extra\":{\"scope\":[\"a\",\"b\"]}";
        Assert.Equal(
            [
                $"{{{who},\"resourceAttributes\":{{\"verb\":\"get\",\"group\":\"\",\"version\":\"v1\",\"resource\":\"secrets\",\"namespace\":\"n\",\"name\":\"s\"}}}}",
                $"{{{who},\"nonResourceAttributes\":{{\"path\":\"/openapi/v2\",\"verb\":\"get\"}}}}",
            ],
            cluster.Reviews.Select(spec => spec.ToJsonString()));
    }

    [Fact]
    public async Task The_api_servers_own_checks_need_no_role()
    {
        await using var cluster = await FakeCluster.StartAsync();
        using var access = new SubjectAccess(cluster.Objects, time);
        Assert.Null(await access.AuthorizeAsync(new AccessRequest(new Caller("system:kube-aggregator", ["system:masters"]), "get", "/apis"), Cancellation));
        Assert.Empty(cluster.Reviews);
    }

    [Fact]
    public async Task Without_an_answer_nobody_may_anything()
    {
        await using var cluster = await FakeCluster.StartAsync();
        using var access = new SubjectAccess(cluster.Objects, time);
        cluster.Allows = _ => throw new HttpRequestException("the server is gone");
        await Assert.ThrowsAsync<ApiServerException>(async () => await access.AuthorizeAsync(Read("ann"), Cancellation));
    }

    private static AccessRequest Read(string user) => new(new Caller(user, []), "list", "/p") { Group = "system.kdoctor.io", Version = "v1beta1", Resource = "kdoctorreports" };
}
