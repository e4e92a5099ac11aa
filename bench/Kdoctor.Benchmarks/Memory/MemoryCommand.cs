using System.Globalization;
using Kdoctor.Benchmarks.Peers;
using Kdoctor.Probing.EventLoops;
using Kdoctor.Probing.Load;

namespace Kdoctor.Benchmarks.Memory;

/// <summary>The resident memory of a process that probes, once a second or twenty times in all: 20,000 requests per second at one target, then ten per second at 1,000 targets.</summary>
internal static class MemoryCommand
{
    /// <summary><c>memory [SECONDS]</c>, 20 seconds of each without.</summary>
    internal static async Task<int> RunAsync(string[] args, TimeProvider time)
    {
        var seconds = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 20;
        using var servers = new BenchServers();
        await servers.StartAsync(http: true, dns: false, core: 0, time.GetUtcNow()).ConfigureAwait(false);
        var loop = new EventLoop("probing", time, Console.Error.WriteLine);
        await using var loopEnds = loop.ConfigureAwait(false);
        var runner = new LoadRunner(loop, SystemResolver.ResolveAsync, new Random(1));
        Console.WriteLine($"idle: {ResidentMb():F1} MiB");

        var one = OwnClient.Load("http1-keepalive", servers.Http, 20_000, seconds);
        await WatchAsync("20,000 per second", runner.Start(one), seconds, time).ConfigureAwait(false);
        var fresh = OwnClient.Load("http1-fresh", servers.Http, 10, seconds);
        var many = fresh with { Targets = [.. Enumerable.Range(0, 1000).Select(index => new LoadTarget(index, fresh.Targets[0].Probe))] };
        await WatchAsync("1,000 targets x 10 per second, a connection each", runner.Start(many), seconds, time).ConfigureAwait(false);
        return 0;
    }

    private static async Task WatchAsync(string name, LoadRun run, double seconds, TimeProvider time)
    {
        var seen = new List<double>();
        while (!run.Completion.IsCompleted)
        {
            await Task.WhenAny(run.Completion, Task.Delay(TimeSpan.FromSeconds(Math.Max(1, seconds / 20)), time)).ConfigureAwait(false);
            seen.Add(ResidentMb());
        }
        var result = await run.Completion.ConfigureAwait(false);
        var targets = result.Targets;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: planned {targets.Sum(shard => shard.Planned)}, succeeded {targets.Sum(shard => shard.Succeeded)}, failed {targets.Sum(shard => shard.Failed)}, unsent {targets.Sum(shard => shard.Unsent)}"));
        Console.WriteLine($"  MiB: {string.Join(" ", seen.Select(mb => mb.ToString("F1", CultureInfo.InvariantCulture)))}");
    }

    private static double ResidentMb()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        return self.WorkingSet64 / 1048576.0;
    }
}
