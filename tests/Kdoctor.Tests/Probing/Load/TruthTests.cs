using System.Collections.Concurrent;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Probing.Load;
using Kdoctor.TestKit.Rude;
using Xunit;

namespace Kdoctor.Tests.Probing.Load;

/// <summary>What is reported, held against what the server knows that it did.</summary>
public sealed class TruthTests
{
    private const long Ms = 1_000_000;

    [Theory]
    [InlineData(1, 2)]
    [InlineData(10, 1)]
    [InlineData(1000, 1)]
    [InlineData(20_000, 0.5)]
    public async Task Exactly_rate_times_duration_requests_begin_and_none_early(double rate, double seconds)
    {
        await using var loop = new ProbingLoop();
        var plan = new ScriptedPlan(_ => 0);
        var result = await loop.RunAsync(Load(plan, rate, seconds));
        var planned = (long)(rate * seconds);
        Assert.Equal((planned, planned, 0), (result.Targets[0].Planned, result.Targets[0].Sent, result.Targets[0].Unsent));
        Assert.Equal(planned, plan.Begun.Count);
        var first = plan.Begun.Min(begun => begun.IntendedNs);
        foreach (var (begun, place) in plan.Begun.OrderBy(begun => begun.IntendedNs).Select((begun, place) => (begun, place)))
        {
            Assert.True(begun.BegunNs >= begun.IntendedNs);
            Assert.InRange(begun.IntendedNs - first - (place / rate * 1e9), -1, Pace.GrainNs + 1);
        }
    }

    [Fact]
    public async Task A_server_that_stalls_one_second_in_five_shows_in_every_percentile_as_it_was()
    {
        // 100 requests in each of the server's seconds; those that come in the first of five wait for its end.
        static long Delay(int request) => request % 500 < 100 ? (100 - (request % 500)) * 10 * Ms : 2 * Ms;
        await AssertSeenAsync(Enumerable.Range(0, 6000).Select(Delay).ToArray());
    }

    [Fact]
    public async Task Delays_of_a_known_distribution_are_reported_as_they_were()
    {
        var random = new Random(4711);
        await AssertSeenAsync(Enumerable.Range(0, 8000).Select(_ => (long)(Ms * Math.Exp(random.NextDouble() * 6))).ToArray());
    }

    [Fact]
    public async Task Four_agents_merged_say_what_one_recorder_of_all_says()
    {
        var one = new LatencyHistogram();
        var merged = new LatencyHistogram();
        for (var agent = 0; agent < 4; agent++)
        {
            var random = new Random(agent);
            var delays = Enumerable.Range(0, 1000).Select(_ => (long)(Ms * Math.Exp(random.NextDouble() * (agent + 2)))).ToArray();
            await using var loop = new ProbingLoop();
            var result = await loop.RunAsync(Load(new ScriptedPlan(request => delays[request]), 10_000, 0.1) with { Phase = agent / 4.0 });
            merged.Merge(result.Targets[0].Latency);
            foreach (var delay in delays)
                one.Record(delay);
        }
        Assert.Equal(4000, merged.Count);
        Assert.Equal((one.Count, one.Sum, one.Min, one.Max), (merged.Count, merged.Sum, merged.Min, merged.Max));
        Assert.Equal(one.NonEmptyBuckets(), merged.NonEmptyBuckets());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    public async Task Every_answer_that_a_real_server_drops_is_counted_once(int each)
    {
        var (answered, dropped) = (0, 0);
        await using var server = RudeServer.Start(async connection =>
        {
            await connection.ReadRequestAsync();
            if (connection.Number % each == 0)
            {
                Interlocked.Increment(ref dropped);
                await connection.StayAsync();
                return;
            }
            Interlocked.Increment(ref answered);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
        await using var loop = new ProbingLoop();
        var shard = await loop.ProbeAsync(ProbingLoop.Plan(server.EndPoint), requests: 120, timeoutMs: 2000);
        Assert.Equal((120, 120 / each), (answered + dropped, dropped));
        Assert.Equal((answered, dropped, 0), (shard.Succeeded, shard.Failed, shard.Unsent));
        ProbingLoop.AssertConserved(shard);
        Assert.Equal(new Failure(FailureStage.FirstByte, FailureCause.TimedOut), Assert.Single(shard.Failures).Key);
    }

    private static async Task AssertSeenAsync(long[] delays)
    {
        await using var loop = new ProbingLoop();
        var result = await loop.RunAsync(Load(new ScriptedPlan(request => delays[request]), 20_000, delays.Length / 20_000.0));
        var latency = result.Targets[0].Latency;
        var known = delays.Order().ToArray();
        Assert.Equal((known.Length, known.Sum()), (latency.Count, latency.Sum));
        foreach (var quantile in new[] { 0.5, 0.99, 0.999 })
        {
            var truth = known[(int)Math.Ceiling(quantile * known.Length) - 1];
            Assert.InRange(latency.Quantile(quantile)!.Value, truth * 0.98, truth * 1.02);
        }
    }

    private static LoadAssignment Load(ProbePlan plan, double rate, double seconds) => new()
    {
        Load = new LoadPlan(rate, TimeSpan.FromSeconds(seconds), TimeSpan.FromMinutes(2)),
        Targets = [new LoadTarget(0, plan)],
    };

    /// <summary>A server without a network: it answers request after request so many nanoseconds after its time.</summary>
    private sealed record ScriptedPlan(Func<int, long> Delay) : ProbePlan
    {
        internal ConcurrentQueue<(long IntendedNs, long BegunNs)> Begun { get; } = [];

        internal override Probe Create(ProbeSite site) => new ScriptedProbe(this);
    }

    private sealed class ScriptedProbe(ScriptedPlan plan) : Probe
    {
        internal override Attempt Rent() => new ScriptedAttempt(plan);

        internal override void Finish()
        {
        }
    }

    private sealed class ScriptedAttempt(ScriptedPlan plan) : Attempt
    {
        internal override void Begin()
        {
            var request = plan.Begun.Count;
            plan.Begun.Enqueue((IntendedNs, BegunNs));
            Engine!.End(this, new AttemptEnd(null, IntendedNs + plan.Delay(request)));
        }

        internal override void TimeOut() => throw new NotSupportedException();

        internal override void Abandon()
        {
        }

        internal override string Describe() => "";
    }
}
