using System.Globalization;
using Kdoctor.Benchmarks.Peers;
using Kdoctor.Core.Results;
using Kdoctor.Probing.EventLoops;
using Kdoctor.Probing.Load;

namespace Kdoctor.Benchmarks.Rates;

/// <summary>Asks for a rate of a server that keeps up, and prints how many requests began and how late: none may be early, and 99 % within a millisecond of their time.</summary>
internal static class RateCommand
{
    private const long MillisecondNs = 1_000_000;
    private static readonly double[] Promised = [1, 10, 1000, 20_000];

    /// <summary><c>rate [SECONDS [RATE...]]</c>, 10 seconds and the promised rates without.</summary>
    internal static async Task<int> RunAsync(string[] args, TimeProvider time)
    {
        var numbers = args.Select(arg => double.Parse(arg, CultureInfo.InvariantCulture)).ToList();
        var seconds = numbers.Count > 0 ? numbers[0] : 10;
        using var servers = new BenchServers();
        await servers.StartAsync(http: true, dns: false, core: 0, time.GetUtcNow()).ConfigureAwait(false);
        var loop = new EventLoop("probing", time, Console.Error.WriteLine);
        await using var loopEnds = loop.ConfigureAwait(false);
        var runner = new LoadRunner(loop, SystemResolver.ResolveAsync, new Random(1));
        await RunAsync(1000, 1).ConfigureAwait(false);

        Console.WriteLine("| rate | planned | sent | succeeded | within 1 ms | late p50, ms | p99 | most | latency p50, ms | p99 | from the send p50, ms | p99 |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var rate in numbers.Count > 1 ? numbers[1..] : [.. Promised])
        {
            var result = await RunAsync(rate, seconds).ConfigureAwait(false);
            var shard = result.Targets[0];
            var punctual = 1 - ((double)result.Lateness.CountAbove(MillisecondNs) / result.Lateness.Count);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {rate} | {shard.Planned} | {shard.Sent} | {shard.Succeeded} | {punctual:P3} | {Ms(result.Lateness, 0.5)} | {Ms(result.Lateness, 0.99)} | {Ms(result.Lateness, 1)} | {Ms(shard.Latency, 0.5)} | {Ms(shard.Latency, 0.99)} | {Ms(shard.SendLatency, 0.5)} | {Ms(shard.SendLatency, 0.99)} |"));
        }
        return 0;

        Task<LoadResult> RunAsync(double rate, double length) => runner.Start(OwnClient.Load("http1-keepalive", servers.Http, rate, length)).Completion;
    }

    private static string Ms(LatencyHistogram histogram, double quantile) => ((histogram.Quantile(quantile) ?? 0) / 1e6).ToString("F3", CultureInfo.InvariantCulture);
}
