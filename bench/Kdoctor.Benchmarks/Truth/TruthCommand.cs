using System.Globalization;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Probing.Http;
using Kdoctor.Probing.Load;

namespace Kdoctor.Benchmarks.Truth;

/// <summary>Holds what our client measured over real sockets against what scripted servers know they did: counts to one, percentiles to 2 %.</summary>
internal static class TruthCommand
{
    private const double Rate = 200;
    private static readonly double[] Quantiles = [0.5, 0.99, 0.999];
    private static readonly TimeSpan Base = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan StallEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StallLength = TimeSpan.FromSeconds(1);

    /// <summary><c>truth [SECONDS]</c>, 20 seconds a script without. Exit code 1 where a count differs or a percentile is off by more than 2 %.</summary>
    internal static async Task<int> RunAsync(string[] args, TimeProvider time)
    {
        var seconds = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 20;
        var chance = new Random(20_260);
        var delays = Enumerable.Range(0, (int)(Rate * seconds) + 1).Select(_ => TimeSpan.FromMilliseconds(100 + (300 * chance.NextDouble()))).ToArray();
        Console.WriteLine("| server | sent | taken | succeeded | answered | failed | dropped | p50 ms, ours / its | p99 | p99.9 | furthest apart |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|");
        var holds = true;
        holds &= await HoldAsync("delays of 100 to 400 ms", (number, _) => new Deed(delays[number % delays.Length], false), seconds, time).ConfigureAwait(false);
        holds &= await HoldAsync("stalls 1 s every 5 s", (_, at) => new Deed(Base + StallLeft(at), false), seconds, time).ConfigureAwait(false);
        holds &= await HoldAsync("drops every 7th", (number, _) => new Deed(Base, number % 7 == 6), seconds, time).ConfigureAwait(false);
        return holds ? 0 : 1;
    }

    // The first stall comes half an interval after the start: a process that has just begun is no judge of another's time.
    private static TimeSpan StallLeft(TimeSpan at)
    {
        var within = TimeSpan.FromTicks((at + (StallEvery / 2)).Ticks % StallEvery.Ticks);
        return within < StallLength ? StallLength - within : TimeSpan.Zero;
    }

    private static async Task<bool> HoldAsync(string name, Func<int, TimeSpan, Deed> script, double seconds, TimeProvider time)
    {
        using var server = new ScriptedServer(script, time);
        var plan = new HttpProbePlan
        {
            Host = "127.0.0.1",
            Port = server.Port,
            Request = new HttpRequestPlan { Method = "GET", RequestTarget = "/", HostHeader = "truth" },
        };
        var load = new ProbeLoad { RequestsPerSecond = Rate, Duration = TimeSpan.FromSeconds(seconds), RequestTimeout = TimeSpan.FromSeconds(10), MaxOutstanding = 10_000 };
        var run = await ProbeRun.StartAsync(plan, load, time, new Random(1), Console.Error.WriteLine).ConfigureAwait(false);
        await using var runEnds = run.ConfigureAwait(false);
        var shard = (await run.CompleteAsync(CancellationToken.None).ConfigureAwait(false)).Target;

        var pairs = Quantiles.Select(quantile => (Ours: Ms(shard.SendLatency, quantile), Its: Ms(server.Held, quantile))).ToList();
        var apart = pairs.Max(pair => Math.Abs(pair.Ours - pair.Its) / pair.Its);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {shard.Sent} | {server.Taken} | {shard.Succeeded} | {server.Held.Count} | {shard.Failed} | {server.Dropped} | {string.Join(" | ", pairs.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Ours:F2} / {pair.Its:F2}")))} | {apart:P2} |"));
        return shard.Sent == server.Taken && shard.Sent == shard.Planned && shard.Succeeded == server.Held.Count && shard.Failed == server.Dropped && apart <= 0.02;
    }

    private static double Ms(LatencyHistogram histogram, double quantile) => (histogram.Quantile(quantile) ?? 0) / 1e6;
}
