using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using Kdoctor.Core.Planning;
using Kdoctor.Probing.Dns;
using Kdoctor.Probing.EventLoops;
using Kdoctor.Probing.Load;

namespace Kdoctor.Benchmarks.Peers;

/// <summary>
/// Queries per processor second, ours and dnsperf's, turn by turn against the same BIND: the clients on the first core, the server on the second, both
/// closed loops of as many queries, streams on one connection. A round warms up and is not counted.
/// </summary>
internal static class DnsPeersCommand
{
    private const int Outstanding = 100;

    [SupportedOSPlatform("linux")]
    internal static async Task<int> RunAsync(string[] args, TimeProvider time)
    {
        var seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5;
        var rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3;
        using var server = await NameServer.StartAsync().ConfigureAwait(false);
        if (server is null)
        {
            Console.Error.WriteLine("named is not installed (package bind9)");
            return 2;
        }
        Process.GetCurrentProcess().ProcessorAffinity = 1;
        Console.WriteLine($"{"work",-6} {"round",5} {"ours /cpu s",12} {"dnsperf /cpu s",15} {"ratio",6} {"ours /s",9} {"dnsperf /s",11}");
        foreach (var transport in Enum.GetValues<DnsTransport>())
        {
            for (var round = 0; round <= rounds; round++)
            {
                var ours = await OursAsync(server, transport, round == 0 ? 2 : seconds, time).ConfigureAwait(false);
                if (round == 0)
                    continue;
                var theirs = await PeerProcess.DnsPerfAsync(transport == DnsTransport.Tls ? server.TlsPort : server.Port, Mode(transport), server.Queries, seconds, Outstanding).ConfigureAwait(false);
                Console.WriteLine(theirs is var (count, cpu)
                    ? $"{Mode(transport),-6} {round,5} {ours.Requests / ours.Cpu,12:F0} {count / cpu,15:F0} {ours.Requests / ours.Cpu / (count / cpu),6:F2} {ours.Requests / seconds,9} {count / seconds,11}"
                    : $"{Mode(transport),-6} {round,5} {ours.Requests / ours.Cpu,12:F0}   dnsperf is not installed");
            }
        }
        return 0;
    }

    private static string Mode(DnsTransport transport) => transport switch
    {
        DnsTransport.Udp => "udp",
        DnsTransport.Tcp => "tcp",
        _ => "dot",
    };

    private static async Task<(long Requests, double Cpu)> OursAsync(NameServer server, DnsTransport transport, int seconds, TimeProvider time)
    {
        var loop = new EventLoop("probing", time, Console.Error.WriteLine);
        await using var loopEnds = loop.ConfigureAwait(false);
        var before = Environment.CpuUsage.TotalTime;
        var result = await new LoadRunner(loop, SystemResolver.ResolveAsync, new Random(1)).Start(new LoadAssignment
        {
            FullSpeed = true,
            MaxOutstanding = Outstanding,
            Load = new LoadPlan(1, TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(5)),
            Targets =
            [
                new LoadTarget(0, new DnsProbePlan
                {
                    Host = "127.0.0.1",
                    Port = transport == DnsTransport.Tls ? server.TlsPort : server.Port,
                    Request = new DnsRequestPlan { Domain = NameServer.Name, Transport = transport },
                    Connections = 1,
                    KeepConnections = Timeout.InfiniteTimeSpan,
                }),
            ],
        }).Completion.ConfigureAwait(false);
        var cpu = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        var shard = result.Targets[0];
        if (shard.Failed > 0)
            Console.Error.WriteLine($"{shard.Failed} of {shard.Sent} failed: {string.Join(", ", shard.Failures)}; {shard.Samples[0].Text}");
        return (shard.Succeeded, cpu);
    }
}
