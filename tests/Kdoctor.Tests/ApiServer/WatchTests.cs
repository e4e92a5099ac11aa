using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Http;
using Kdoctor.ApiServer.Storage;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Kdoctor.Tests.ApiServer;

public sealed class WatchTests
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task What_begins_or_stops_to_match_is_added_or_deleted()
    {
        await using var test = await ApiTest.StartAsync();
        using var watch = await test.Api.WatchAsync(ApiTest.Path + "?watch=true&labelSelector=color%3Dred");
        await test.CreateAsync(ApiTest.NetReach("a"));
        await test.MergeAsync("a", """{"metadata":{"labels":{"color":"red"}}}""");
        await test.MergeAsync("a", """{"spec":{"request":{"qps":9}}}""");
        await test.MergeAsync("a", """{"metadata":{"labels":null}}""");
        Assert.Equal(["ADDED", "MODIFIED", "DELETED"], [await TypeAsync(watch), await TypeAsync(watch), await TypeAsync(watch)]);
    }

    [Fact]
    public async Task A_watch_resumes_where_it_is_told_and_says_when_it_cannot()
    {
        await using var test = await ApiTest.StartAsync(storeOptions: new SqliteObjectStoreOptions { Path = ":memory:", WatchLogCapacity = 2 });
        foreach (var name in (string[])["a", "b", "c", "d"]) await test.CreateAsync(ApiTest.NetReach(name));
        using var resumed = await test.Api.WatchAsync(ApiTest.Path + "?watch=true&resourceVersion=2");
        Assert.Equal("c", (await ReadAsync(resumed))["object"]!["metadata"]!["name"]!.GetValue<string>());
        foreach (var version in (string[])["1", "99"])
        {
            using var refused = await test.Api.WatchAsync(ApiTest.Path + "?watch=true&resourceVersion=" + version);
            var error = await ReadAsync(refused);
            Assert.Equal(("ERROR", 410), (error["type"]!.GetValue<string>(), error["object"]!["code"]!.GetValue<int>()));
            Assert.Null(await refused.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(HangGuard, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task Bookmarks_come_by_the_clock_and_so_does_the_end()
    {
        var time = new FakeTimeProvider();
        await using var test = await ApiTest.StartAsync(time);
        await test.CreateAsync(ApiTest.NetReach("a"));
        using var watch = await test.Api.WatchAsync(ApiTest.Path + "?watch=true&allowWatchBookmarks=true&timeoutSeconds=90");
        Assert.Equal("ADDED", await TypeAsync(watch));
        time.Advance(TimeSpan.FromSeconds(61));
        var bookmark = await ReadAsync(watch);
        Assert.Equal(("BOOKMARK", "1"), (bookmark["type"]!.GetValue<string>(), bookmark["object"]!["metadata"]!["resourceVersion"]!.GetValue<string>()));
        time.Advance(TimeSpan.FromSeconds(61));
        Assert.Null(await watch.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(HangGuard, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task There_are_no_more_watches_than_the_limit()
    {
        await using var test = await ApiTest.StartAsync(options: new KubernetesApiOptions { MaxWatches = 2 });
        using var first = await test.Api.WatchAsync(ApiTest.Path + "?watch=true");
        using var second = await test.Api.WatchAsync(ApiTest.Path + "?watch=true");
        var refused = await test.GetAsync(ApiTest.Path + "?watch=true");
        Assert.Equal((429, "TooManyRequests"), (refused.Code, refused.Reason));
    }

    [Fact]
    public void A_follower_that_does_not_read_is_cut_and_costs_no_more()
    {
        var log = new WatchLog(0, capacity: 10, followerCapacity: 3);
        var follower = log.Follow(0, 0).Value!;
        for (var version = 1; version <= 5; version++) log.Publish(StoreSamples.Added(version));
        Assert.Equal(0, log.FollowerCount);
        Assert.Equal([1L, 2, 3], follower.ReadAsync(TestContext.Current.CancellationToken).ToBlockingEnumerable(TestContext.Current.CancellationToken).Select(change => change.Item.ResourceVersion));
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_cut_with_410_or_closed()
    {
        await using var test = await ApiTest.StartAsync(storeOptions: new SqliteObjectStoreOptions { Path = ":memory:", WatcherCapacity = 1 });
        using var watch = await test.Api.WatchAsync(ApiTest.Path + "?watch=true");
        var large = new string('x', 200_000);
        await test.CreateAsync(ApiTest.NetReach("a"));
        for (var i = 0; i < 40; i++) await test.MergeAsync("a", $$$"""{"metadata": {"annotations": {"big": "{{{i}}}{{{large}}}"} } }""");
        string? line, last = null;
        while ((line = await watch.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(HangGuard, TestContext.Current.CancellationToken)) is not null) last = line;
        Assert.Contains("\"code\":410", last, StringComparison.Ordinal);
    }

    private static async Task<string> TypeAsync(StreamReader watch) => (await ReadAsync(watch))["type"]!.GetValue<string>();

    private static async Task<JsonObject> ReadAsync(StreamReader watch) =>
        JsonNode.Parse((await watch.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(HangGuard, TestContext.Current.CancellationToken))!)!.AsObject();
}
