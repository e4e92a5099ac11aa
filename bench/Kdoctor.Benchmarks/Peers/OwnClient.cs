using System.Globalization;
using System.Text.RegularExpressions;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Probing.Dns;
using Kdoctor.Probing.EventLoops;
using Kdoctor.Probing.Http;
using Kdoctor.Probing.Load;

namespace Kdoctor.Benchmarks.Peers;

/// <summary>
/// Our engine as a client in a process of its own, as the peers are. It runs at full speed unless a rate is given. What it used is counted after a first,
/// shorter run, which the just-in-time compiler needs and an agent that lives for weeks does not notice.
/// </summary>
internal static partial class OwnClient
{
    private const double WarmUpSeconds = 2.5;

    /// <summary>The process's own main: <c>client ROW PORT SECONDS [RATE]</c>.</summary>
    internal static async Task<int> RunAsync(string[] args, TimeProvider time)
    {
        var port = int.Parse(args[1], CultureInfo.InvariantCulture);
        var seconds = double.Parse(args[2], CultureInfo.InvariantCulture);
        double? rate = args.Length > 3 ? double.Parse(args[3], CultureInfo.InvariantCulture) : null;
        var loop = new EventLoop("probing", time, Console.Error.WriteLine);
        await using var loopEnds = loop.ConfigureAwait(false);
        var runner = new LoadRunner(loop, SystemResolver.ResolveAsync, new Random(1));
        await LoadAsync(WarmUpSeconds).ConfigureAwait(false);
        var before = Environment.CpuUsage;
        var result = await LoadAsync(seconds).ConfigureAwait(false);
        var after = Environment.CpuUsage;
        Print(result, (after.TotalTime - before.TotalTime).TotalSeconds, (after.PrivilegedTime - before.PrivilegedTime).TotalSeconds);
        return 0;

        Task<LoadResult> LoadAsync(double length) => runner.Start(Load(args[0], port, rate, length)).Completion;
    }

    /// <summary>A row's load on one target; at full speed without a rate.</summary>
    internal static LoadAssignment Load(string row, int port, double? rate, double seconds)
    {
        var (plan, outstanding) = Plan(row, port);
        return new LoadAssignment
        {
            Load = new LoadPlan(rate ?? 1, TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(5)),
            FullSpeed = rate is null,
            MaxOutstanding = rate is null ? outstanding : LoadAssignment.DefaultMaxOutstanding,
            Targets = [new LoadTarget(0, plan)],
        };
    }

    /// <summary>Runs such a process and reads what it prints.</summary>
    internal static async Task<Measure> MeasureAsync(int core, string row, int port, int seconds)
    {
        using var process = PinnedProcess.Start(core, Environment.ProcessPath!, $"client {row} {port} {seconds}");
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync().ConfigureAwait(false);
        await process.WaitForExitAsync().ConfigureAwait(false);
        var words = await errors.ConfigureAwait(false);
        if (Result().Match(output) is not { Success: true } found)
            throw new InvalidOperationException($"our client cannot be read: {output}{words}");
        if (found.Groups[2].Value != "0")
            Console.Error.WriteLine($"  {row}: {output}");
        var requests = PinnedProcess.Number(found, 1);
        var cpu = PinnedProcess.Number(found, 3);
        return new Measure(requests / cpu, PinnedProcess.Number(found, 4) / cpu, PinnedProcess.Number(found, 5));
    }

    private static void Print(LoadResult result, double cpu, double kernel)
    {
        var shard = result.Targets[0];
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{shard.Succeeded} succeeded, {shard.Failed + shard.Unsent} not, {cpu:F3} s, {kernel:F3} s of them in the kernel, {self.PeakWorkingSet64 / 1048576.0:F1} MiB"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{shard.Succeeded / cpu:F0} per processor second; latency p50 {Ms(shard.Latency, 0.5)}, p99 {Ms(shard.Latency, 0.99)}; late p50 {Ms(result.Lateness, 0.5)}, p99 {Ms(result.Lateness, 0.99)}, most {Ms(result.Lateness, 1)} ms"));
        foreach (var (failure, count) in shard.Failures)
            Console.WriteLine($"  {failure}: {count}, {shard.Samples.FirstOrDefault(sample => sample.Failure == failure)?.Text}");
    }

    private static string Ms(LatencyHistogram histogram, double quantile) => ((histogram.Quantile(quantile) ?? 0) / 1e6).ToString("F3", CultureInfo.InvariantCulture);

    private static (ProbePlan Plan, int Outstanding) Plan(string row, int port) => row switch
    {
        "http1-keepalive" => (Http(port, keepAlive: true), 50),
        "http1-fresh" => (Http(port, keepAlive: false), 50),
        "https1-keepalive" => (Http(port, keepAlive: true, tls: true), 50),
        "h2c" => (Http(port, keepAlive: true, http2: true), 100),
        "h2" => (Http(port, keepAlive: true, tls: true, http2: true), 100),
        "dns-udp" => (Dns(port, DnsTransport.Udp), 100),
        "dns-tcp" => (Dns(port, DnsTransport.Tcp), 100),
        "dns-tls" => (Dns(port, DnsTransport.Tls), 100),
        _ => throw new ArgumentException($"no such row: {row}"),
    };

    private static HttpProbePlan Http(int port, bool keepAlive, bool tls = false, bool http2 = false) => new()
    {
        Host = "127.0.0.1",
        Port = port,
        StreamsPerConnection = 10,
        Request = new HttpRequestPlan
        {
            Method = "GET",
            RequestTarget = "/",
            HostHeader = $"127.0.0.1:{port}",
            KeepAlive = keepAlive,
            Tls = tls ? new TlsPlan() : null,
            Http2 = http2,
        },
    };

    private static DnsProbePlan Dns(int port, DnsTransport transport) => new()
    {
        Host = "127.0.0.1",
        Port = port,
        Connections = 10,
        KeepConnections = Timeout.InfiniteTimeSpan,
        Request = new DnsRequestPlan { Domain = "www.bench.test", Transport = transport },
    };

    [GeneratedRegex(@"^(\d+) succeeded, (\d+) not, ([\d.]+) s, ([\d.]+) s of them in the kernel, ([\d.]+) MiB")]
    private static partial Regex Result();
}
