using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using Kdoctor.Agent.Echo;
using Kdoctor.Agent.Usage;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Probing.EventLoops;
using Kdoctor.Probing.Http;
using Kdoctor.Probing.Load;

namespace Kdoctor.Benchmarks.Mesh;

/// <summary>A full mesh in one process, as the lab runs it: every agent probes every agent with a connection per request.</summary>
internal static class MeshCommand
{
    internal static async Task<int> RunAsync(string[] args, TimeProvider time)
    {
        var agents = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 100;
        var qps = args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 1;
        var seconds = args.Length > 2 ? double.Parse(args[2], CultureInfo.InvariantCulture) : 10;
        var probing = new EventLoop("probing", time, Console.Error.WriteLine);
        var echoing = new EventLoop("echo", time, Console.Error.WriteLine);
        await using var probingEnds = probing.ConfigureAwait(false);
        await using var echoingEnds = echoing.ConfigureAwait(false);
        using var usage = new ProcessUsage(time);

        var echoes = Enumerable.Range(1, agents).Select(agent => EchoServer.Start(
            new EchoOptions { AgentId = $"agent-{agent}", ServerName = $"agent-{agent}", Listen = [new(Address(agent), 0)] }, echoing)).ToList();
        var runner = new LoadRunner(probing, SystemResolver.ResolveAsync, new Random(1));
        foreach (var (name, length) in new[] { ("cold, 2 s", 2), ("warm", seconds) })
        {
            Console.WriteLine($"{name}:");
            var period = usage.Begin();
            var results = await RunAsync(runner, echoes, qps, length).ConfigureAwait(false);
            Print(results, period.End(agents));
        }
        foreach (var echo in echoes)
            await echo.DisposeAsync().ConfigureAwait(false);
        return 0;
    }

    private static Task<LoadResult[]> RunAsync(LoadRunner runner, List<EchoServer> echoes, double qps, double seconds)
    {
        var agents = echoes.Count;
        return Task.WhenAll(Enumerable.Range(1, agents).Select(agent => runner.Start(new LoadAssignment
        {
            StartIn = TimeSpan.FromSeconds(1),
            Load = new LoadPlan(qps, TimeSpan.FromSeconds(seconds), TimeSpan.FromMilliseconds(1500)),
            Phase = (double)(agent - 1) / agents,
            Targets = [.. echoes.Select((echo, index) => new LoadTarget(index, Plan(echo, index + 1, agent)))],
        }).Completion));
    }

    private static IPAddress Address(int agent) => new([127, 64, (byte)(agent / 250), (byte)(agent % 250)]);

    private static HttpProbePlan Plan(EchoServer echo, int destination, int source) => new()
    {
        Host = echo.EndPoints[0].Address.ToString(),
        Port = echo.EndPoints[0].Port,
        SourceIp = Address(source).ToString(),
        Request = new HttpRequestPlan { Method = "GET", RequestTarget = "/kdoctoragent", HostHeader = echo.EndPoints[0].ToString(), Echo = true },
        ExpectedAgentIds = FrozenSet.Create($"agent-{destination}"),
    };

    private static void Print(LoadResult[] results, AgentUsage usage)
    {
        var shards = results.SelectMany(result => result.Targets).ToList();
        var (lateness, latency) = (new LatencyHistogram(), new LatencyHistogram());
        foreach (var result in results)
            lateness.Merge(result.Lateness);
        foreach (var shard in shards)
            latency.Merge(shard.Latency);
        var lines = new[]
        {
            $"planned {shards.Sum(shard => shard.Planned)}, sent {shards.Sum(shard => shard.Sent)}, succeeded {shards.Sum(shard => shard.Succeeded)}, failed {shards.Sum(shard => shard.Failed)}, unsent {shards.Sum(shard => shard.Unsent)}",
            $"cpu mean {usage.MeanCpuCores:F2} cores, max {usage.MaxCpuCores:F2}, memory {usage.MaxMemoryBytes / 1048576.0:F0} MiB",
            $"lateness ms {Ms(lateness)}",
            $"latency ms {Ms(latency)}",
        };
        foreach (var line in lines)
            Console.WriteLine(line);
        foreach (var group in shards.SelectMany(shard => shard.Failures).GroupBy(pair => pair.Key))
            Console.WriteLine($"  {group.Key}: {group.Sum(pair => pair.Value)}");
    }

    private static string Ms(LatencyHistogram histogram) => string.Create(
        CultureInfo.InvariantCulture,
        $"p50 {histogram.Quantile(0.5) / 1e6:F3}, p99 {histogram.Quantile(0.99) / 1e6:F3}, p99.9 {histogram.Quantile(0.999) / 1e6:F3}, max {histogram.Max / 1e6:F3}");
}
