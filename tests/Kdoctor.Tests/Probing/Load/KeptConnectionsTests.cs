using Kdoctor.Core.Results;
using Kdoctor.Probing.Http;
using Kdoctor.Probing.Load;
using Kdoctor.TestKit.Http2;
using Kdoctor.TestKit.Tls;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace Kdoctor.Tests.Probing.Load;

/// <summary>A timetable opens as many connections as a stall makes it need; when the stall is over, so many stay open and no more.</summary>
public sealed class KeptConnectionsTests
{
    private const int AtOnce = 20;

    [Theory]
    [InlineData(false, 1024, 0)]
    [InlineData(false, 4, AtOnce - 4)]
    [InlineData(false, 0, AtOnce)]
    [InlineData(true, 1024, 0)]
    [InlineData(true, 4, AtOnce - 4)]
    public async Task What_is_above_the_bound_is_closed_after_its_answer_and_counted(bool http2, int bound, int surplus)
    {
        var shard = await AfterAStallAsync(http2, bound);
        Assert.Equal((AtOnce, surplus), (shard.Succeeded, shard.SurplusConnections));
        Assert.Equal(AtOnce, shard.Phases.Connect!.Count);
    }

    [Fact]
    public void All_targets_of_a_run_share_so_many_places()
    {
        var places = new KeptPlaces(2, 1);
        Assert.True(places.TryTake() && places.TryTake());
        Assert.False(places.TryTake());
        places.GiveBack();
        Assert.True(places.TryTake());
    }

    // The server answers when so many requests are there.
    private static async Task<TargetShard> AfterAStallAsync(bool http2, int bound)
    {
        var there = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await HonestServer.StartAsync(http2 ? HttpProtocols.Http2 : HttpProtocols.Http1, null, async context =>
        {
            if (Interlocked.Increment(ref there) == AtOnce)
                all.SetResult();
            await all.Task;
            await context.Response.WriteAsync("ok");
        });
        await using var loop = new ProbingLoop();
        var plan = new HttpProbePlan
        {
            Host = "127.0.0.1",
            Port = server.Port,
            StreamsPerConnection = 1,
            Request = ProbeBench.Request() with { Http2 = http2, KeepAlive = true },
        };
        var result = await loop.RunAsync(ProbingLoop.Load(AtOnce, 20_000, plan) with { MaxKeptPerTarget = bound });
        return result.Targets[0];
    }
}
