using System.Net;
using CsCheck;
using Kdoctor.Core.Results;
using Kdoctor.Probing.Load;
using Kdoctor.TestKit.Rude;
using Xunit;

namespace Kdoctor.Tests.Probing.Load;

public sealed class LoadRunTests
{
    private const string Good = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    private static readonly Func<RudeConnection, Task>[] Scripts =
    [
        RudeScripts.Answer(Good), RudeScripts.Echo("a"), RudeScripts.Answer(""), RudeScripts.Answer("garbage\r\n"), RudeScripts.StallAfter(""),
        RudeScripts.StallAfter(Good[..20]), RudeScripts.ResetAfter(""), RudeScripts.ResetAfter(Good[..20]), RudeScripts.EndlessHeaders(), RudeScripts.Answer(Good + "x"),
    ];

    [Fact]
    public async Task Whatever_the_servers_do_every_request_is_in_exactly_one_place() =>
        await Gen.Select(Gen.Int[0, Scripts.Length - 1].Array[1, 6], Gen.Int[1, 30], Gen.Bool, Gen.Bool).SampleAsync(
            async (picks, requests, keepAlive, cut) =>
            {
                await using var server = RudeServer.Start(connection => Scripts[picks[connection.Number % picks.Length]](connection));
                await using var loop = new ProbingLoop();
                var run = loop.Runner.Start(ProbingLoop.Load(requests, 100, ProbingLoop.Plan(server.EndPoint, keepAlive: keepAlive), ProbingLoop.Plan(server.EndPoint)));
                while (cut && run.Progress.Sent == 0)
                    await Task.Yield();
                if (cut)
                    run.Cancel("enough");
                var result = await ProbingLoop.EndOf(run);
                foreach (var shard in result.Targets)
                {
                    ProbingLoop.AssertConserved(shard);
                    Assert.Equal(requests, shard.Planned);
                }
                var progress = run.Progress;
                Assert.Equal(result.Targets.Sum(shard => shard.Sent), progress.Sent);
                Assert.Equal(result.Targets.Sum(shard => shard.Failed), progress.Failed);
            },
            iter: 40,
            threads: 2);

    [Fact]
    public async Task The_server_sees_exactly_the_requests_that_were_counted()
    {
        await using var server = RudeServer.Start(RudeScripts.Answer(Good));
        await using var loop = new ProbingLoop();
        var shard = await loop.ProbeAsync(ProbingLoop.Plan(server.EndPoint), requests: 200);
        Assert.Equal((200, 200, 0, 200), (shard.Planned, shard.Succeeded, shard.Unsent, server.Accepted));
    }

    [Fact]
    public async Task No_request_is_early_and_the_lateness_of_all_is_known()
    {
        await using var server = RudeServer.Start(RudeScripts.Answer(Good));
        await using var loop = new ProbingLoop();
        var result = await loop.RunAsync(ProbingLoop.Load(100, 5000, ProbingLoop.Plan(server.EndPoint)) with { StartIn = TimeSpan.FromMilliseconds(20) });
        Assert.Equal(100, result.Lateness.Count);
        Assert.True(result.Targets[0].FirstSent >= result.Started);
        Assert.True(result.Ended >= result.Targets[0].LastEnded);
    }

    [Fact]
    public async Task C6_failures_have_no_part_in_the_latency()
    {
        await using var server = RudeServer.Start(connection => RudeScripts.Answer(connection.Number % 2 == 0 ? Good : "")(connection));
        await using var loop = new ProbingLoop();
        var mixed = await loop.ProbeAsync(ProbingLoop.Plan(server.EndPoint), requests: 20);
        Assert.Equal((10, 10, 10), (mixed.Succeeded, mixed.Failed, mixed.Latency.Count));
        using var closed = new ClosedPort();
        var dead = await loop.ProbeAsync(ProbingLoop.Plan(closed.EndPoint));
        Assert.Null(dead.Latency.Mean);
        Assert.Null(dead.Latency.Quantile(0.5));
    }

    [Fact]
    public async Task C7_a_latency_below_a_millisecond_is_not_zero()
    {
        await using var server = RudeServer.Start(RudeScripts.Answer(Good));
        await using var loop = new ProbingLoop();
        var shard = await loop.ProbeAsync(ProbingLoop.Plan(server.EndPoint), requests: 10);
        Assert.True(shard.Latency.Min > 0);
        Assert.True(shard.Latency.Mean > 0);

        // However slow the machine: one in a million would be whole milliseconds by chance.
        Assert.NotEqual(0, shard.Latency.Sum % 1_000_000);
    }

    /// <summary>C8, load that was not sent vanished. Against the defect: late ticks are dropped, so sent and unsent do not add up to the timetable, or what was not sent is the network's failure.</summary>
    /// <remarks>Seen red: LoadRecord forgets what is unsent, and measures from the actual start.</remarks>
    [Fact]
    public async Task C8_load_that_the_agent_could_not_send_is_counted_as_its_own_and_not_as_a_failure()
    {
        await using var server = RudeServer.Start(RudeScripts.Silent());
        await using var loop = new ProbingLoop();
        var result = await loop.RunAsync(ProbingLoop.Load(100, 100, ProbingLoop.Plan(server.EndPoint)) with { MaxOutstanding = 3 });
        var shard = result.Targets[0];
        Assert.True(shard.Unsent > 0);
        Assert.Equal(100 - shard.Unsent, shard.Sent);
        ProbingLoop.AssertConserved(shard);
        Assert.All(shard.Failures.Keys, failure => Assert.Equal(FailureCause.TimedOut, failure.Cause));
    }

    [Fact]
    public async Task C8_latency_runs_from_the_intended_start_also_when_the_agent_is_late()
    {
        // One at a time, each answered after about 30 ms: the later ones wait for their turn and that is in their latency.
        await using var server = RudeServer.Start(async connection =>
        {
            await connection.ReadRequestAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(30), ProbingLoop.Clock, TestContext.Current.CancellationToken);
            await connection.SendAsync(Good);
        });
        await using var loop = new ProbingLoop();
        var result = await loop.RunAsync(ProbingLoop.Load(10, 20_000, ProbingLoop.Plan(server.EndPoint)) with { MaxOutstanding = 1 });
        Assert.Equal(10, result.Targets[0].Succeeded);
        Assert.True(result.Targets[0].Latency.Max > 9 * 25_000_000L);
        Assert.True(result.Lateness.Max > 8 * 20_000_000L);
    }

    /// <summary>C13, what ran after a timeout leaked. Against the defect: the run ignores its cancellation, and goes on sending after its end.</summary>
    /// <remarks>Seen red: LoadRun.Cancel does nothing.</remarks>
    [Fact]
    public async Task C13_a_cancelled_run_leaves_nothing_running()
    {
        await using var server = RudeServer.Start(RudeScripts.Silent());
        await using var loop = new ProbingLoop();
        var run = loop.Runner.Start(ProbingLoop.Load(50, 20_000, ProbingLoop.Plan(server.EndPoint)) with { StartIn = TimeSpan.FromMilliseconds(1) });
        while (run.Progress.Sent < 10)
            await Task.Yield();
        run.Cancel("the round was deleted");
        run.Cancel("again");
        var result = await ProbingLoop.EndOf(run);
        Assert.Equal("the round was deleted", result.CutShort);
        var shard = result.Targets[0];
        ProbingLoop.AssertConserved(shard);
        Assert.True(shard.Cancelled >= 10);
        Assert.Equal((0, shard.Planned), (shard.Failed, shard.Cancelled + shard.Unsent));
        Assert.Equal(shard.Sent, run.Progress.Sent);
    }

    [Fact]
    public async Task C23_a_fresh_connection_per_request_reaches_every_backend()
    {
        // A service with two backends that takes turns per connection, as kube-proxy does.
        await using var server = RudeServer.Start(connection => RudeScripts.Echo(connection.Number % 2 == 0 ? "a" : "b")(connection));
        await using var loop = new ProbingLoop();
        var shard = await loop.ProbeAsync(ProbingLoop.Plan(server.EndPoint, echo: true), requests: 20);
        Assert.Equal((10, 10), (shard.Backends["a"], shard.Backends["b"]));
    }

    [Fact]
    public async Task A_run_without_targets_is_over_at_once()
    {
        await using var loop = new ProbingLoop();
        var result = await loop.RunAsync(ProbingLoop.Load(5, 100));
        Assert.Empty(result.Targets);
        Assert.Null(result.CutShort);
    }

    [Fact]
    public async Task A_loop_that_stops_ends_its_runs()
    {
        await using var server = RudeServer.Start(RudeScripts.Silent());
        LoadRun run;
        await using (var loop = new ProbingLoop())
            run = loop.Runner.Start(ProbingLoop.Load(50, 20_000, ProbingLoop.Plan(server.EndPoint)));
        Assert.NotNull((await ProbingLoop.EndOf(run)).CutShort);
        run.Cancel("too late, and harmless");
    }

    [Fact]
    public async Task IPv6_is_probed_alike()
    {
        await using var server = RudeServer.Start(RudeScripts.Echo("six"), IPAddress.IPv6Loopback);
        await using var loop = new ProbingLoop();
        Assert.Equal(3, (await loop.ProbeAsync(ProbingLoop.Plan(server.EndPoint, echo: true, agent: "six"))).Succeeded);
    }
}
