using System.Globalization;
using System.Net;
using Kdoctor.Agent.Echo;
using Kdoctor.Core.Planning;
using Kdoctor.Probing.EventLoops;
using Kdoctor.Probing.Http;
using Kdoctor.Probing.Load;

namespace Kdoctor.Benchmarks.Peers;

/// <summary>
/// Requests per processor second of a client, ours and its peers', against the same echo in a process of its own, in one run. A client's processor
/// time is that of its process, as the kernel counts it; ours is open-loop, so it is asked for a fixed rate.
/// </summary>
internal static class PeersCommand
{
    private const int Seconds = 5;

    internal static async Task<int> ServeAsync(TimeProvider time)
    {
        var loop = new EventLoop("echo", time, Console.Error.WriteLine);
        await using var loopEnds = loop.ConfigureAwait(false);
        var server = EchoServer.Start(new EchoOptions { AgentId = "bench", ServerName = "bench", Listen = [new IPEndPoint(IPAddress.Loopback, 0)] }, loop);
        await using var serverEnds = server.ConfigureAwait(false);
        Console.WriteLine(server.EndPoints[0].Port);
        await Console.In.ReadLineAsync().ConfigureAwait(false);
        Console.WriteLine(Environment.CpuUsage.TotalTime.TotalSeconds.ToString("F3", CultureInfo.InvariantCulture));
        return 0;
    }

    internal static async Task<int> RunAsync(string[] args, TimeProvider time)
    {
        var rate = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 8000;
        Console.WriteLine($"{"client",-28} {"requests",10} {"cpu s",8} {"req/cpu s",10} {"server req/cpu s",17}");
        if (args is [_, "own"])
        {
            await MeasureAsync($"kdoctor fresh {rate}/s", port => OursAsync(port, rate, keepAlive: false, time)).ConfigureAwait(false);
            await MeasureAsync($"kdoctor keep-alive {rate}/s", port => OursAsync(port, rate, keepAlive: true, time)).ConfigureAwait(false);
            return 0;
        }
        await MeasureAsync($"kdoctor fresh {rate}/s", port => OursAsync(port, rate, keepAlive: false, time)).ConfigureAwait(false);
        await MeasureAsync("ab fresh", port => PeerProcess.AbAsync(port, Seconds, keepAlive: false)).ConfigureAwait(false);
        await MeasureAsync($"kdoctor keep-alive {rate * 3}/s", port => OursAsync(port, rate * 3, keepAlive: true, time)).ConfigureAwait(false);
        await MeasureAsync("wrk keep-alive", port => PeerProcess.WrkAsync(port, Seconds)).ConfigureAwait(false);
        await MeasureAsync("ab keep-alive", port => PeerProcess.AbAsync(port, Seconds, keepAlive: true)).ConfigureAwait(false);
        return 0;
    }

    private static async Task MeasureAsync(string name, Func<int, Task<(long Requests, double Cpu)?>> client)
    {
        using var server = PeerProcess.Start(Environment.ProcessPath!, "serve");
        var port = int.Parse((await server.StandardOutput.ReadLineAsync().ConfigureAwait(false))!, CultureInfo.InvariantCulture);
        var result = await client(port).ConfigureAwait(false);
        await server.StandardInput.WriteLineAsync().ConfigureAwait(false);
        var serverCpu = double.Parse((await server.StandardOutput.ReadLineAsync().ConfigureAwait(false))!, CultureInfo.InvariantCulture);
        await server.WaitForExitAsync().ConfigureAwait(false);
        if (result is not var (requests, cpu))
            Console.WriteLine($"{name,-28} is not installed");
        else
            Console.WriteLine($"{name,-28} {requests,10} {cpu,8:F2} {requests / cpu,10:F0} {requests / serverCpu,17:F0}");
    }

    private static async Task<(long Requests, double Cpu)?> OursAsync(int port, double rate, bool keepAlive, TimeProvider time)
    {
        var loop = new EventLoop("probing", time, Console.Error.WriteLine);
        await using var loopEnds = loop.ConfigureAwait(false);
        var runner = new LoadRunner(loop, (_, _, _) => throw new NotSupportedException(), new Random(1));
        var plan = new HttpProbePlan
        {
            Host = "127.0.0.1",
            Port = port,
            Request = new HttpRequestPlan { Method = "GET", RequestTarget = "/", HostHeader = "bench", Echo = true, KeepAlive = keepAlive },
        };
        await RunAsync(1).ConfigureAwait(false);
        var before = Environment.CpuUsage.TotalTime;
        var shard = await RunAsync(Seconds).ConfigureAwait(false);
        var cpu = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        if (shard.Targets[0].Succeeded != shard.Targets[0].Planned)
            Console.Error.WriteLine($"only {shard.Targets[0].Succeeded} of {shard.Targets[0].Planned} succeeded: {string.Join(", ", shard.Targets[0].Failures)}, unsent {shard.Targets[0].Unsent}");
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  lateness p50 {shard.Lateness.Quantile(0.5) / 1e6:F3} p99 {shard.Lateness.Quantile(0.99) / 1e6:F3} max {shard.Lateness.Max / 1e6:F3} ms"));
        return (shard.Targets[0].Succeeded, cpu);

        Task<LoadResult> RunAsync(int seconds) => runner.Start(new LoadAssignment
        {
            Load = new LoadPlan(rate, TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(5)),
            Targets = [new LoadTarget(0, plan)],
        }).Completion;
    }
}
