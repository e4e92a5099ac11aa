using System.Text.Json.Nodes;
using Kdoctor.Controller.Reconciling;
using Kdoctor.Core.Tasks;
using Kdoctor.Tests.Controller.Objects;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Kdoctor.Tests.Controller.Reconciling;

public sealed class TaskEventsTests
{
    private const string Events = "api/v1/namespaces/default/events";

    private readonly FakeTimeProvider time = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_refusal_is_one_event_that_is_counted_however_often_it_is_said()
    {
        await using var cluster = await FakeCluster.StartAsync();
        var (first, restarted) = (Of(cluster), Of(cluster));
        await first.RefusedAsync(Task("a"), [new Problem(null, "spec.request.qps", "is 50, but must be at most 20", "lower it")], Cancellation);
        time.Advance(TimeSpan.FromMinutes(1));
        await restarted.RefusedAsync(Task("a"), [new Problem(null, "spec.request.qps", "is 50, but must be at most 20", "lower it")], Cancellation);
        await restarted.RefusedAsync(Task("a"), [new Problem(null, "spec", "is another problem", "solve it")], Cancellation);

        var events = (await cluster.Objects.ListAsync(Events, null, Cancellation)).Items;
        var told = Assert.Single(events, found => found["count"]!.GetValue<int>() == 2);
        Assert.Equal(2, events.Count);
        Assert.Equal("spec.request.qps: is 50, but must be at most 20; lower it", told["message"]!.GetValue<string>());
        Assert.Equal(("Warning", "Invalid", "NetReach"), (told["type"]!.GetValue<string>(), told["reason"]!.GetValue<string>(), told["involvedObject"]!["kind"]!.GetValue<string>()));
        Assert.Equal(("2030-01-01T00:00:00Z", "2030-01-01T00:01:00Z"), (told["firstTimestamp"]!.GetValue<string>(), told["lastTimestamp"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_flood_of_wrong_tasks_is_not_a_flood_of_events()
    {
        await using var cluster = await FakeCluster.StartAsync();
        var events = Of(cluster);
        for (var index = 0; index < 60; index++)
            await events.RefusedAsync(Task($"task-{index}"), [new Problem(null, "spec", new string('x', 5000), "y")], Cancellation);
        var written = (await cluster.Objects.ListAsync(Events, null, Cancellation)).Items;
        Assert.Equal(25, written.Count);
        Assert.All(written, found => Assert.Equal(1024, found["message"]!.GetValue<string>().Length));
        time.Advance(TimeSpan.FromSeconds(2));
        for (var index = 60; index < 70; index++)
            await events.RefusedAsync(Task($"task-{index}"), [new Problem(null, "spec", "x", "y")], Cancellation);
        Assert.Equal(27, (await cluster.Objects.ListAsync(Events, null, Cancellation)).Items.Count);
    }

    private TaskEvents Of(FakeCluster cluster) => new(cluster.Objects, time, NullLogger<TaskEvents>.Instance);

    private static JsonObject Task(string name) =>
        JsonNode.Parse($$"""{"apiVersion":"kdoctor.io/v1beta1","kind":"NetReach","metadata":{"name":"{{name}}","uid":"u-{{name}}","resourceVersion":"7"} }""")!.AsObject();
}
