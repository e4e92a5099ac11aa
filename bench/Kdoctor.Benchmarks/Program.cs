using BenchmarkDotNet.Running;
using Kdoctor.Benchmarks.Mesh;
using Kdoctor.Benchmarks.Peers;

namespace Kdoctor.Benchmarks;

internal static class Program
{
    private const string Usage = """
        usage: Kdoctor.Benchmarks COMMAND
          mesh [AGENTS] [QPS] [SECONDS]   a full mesh in one process: processor, memory, lateness
          peers [RATE [own]]              requests per processor second beside ab and wrk, or ours alone
          dns [SECONDS [ROUNDS]]          DNS queries per processor second beside dnsperf, over UDP, TCP and TLS
          micro [BenchmarkDotNet options] the parts alone
        """;

    private static async Task<int> Main(string[] args)
    {
#pragma warning disable RS0030 // The entry point is where the real clock enters.
        var time = TimeProvider.System;
#pragma warning restore RS0030
        switch (args)
        {
            case ["mesh", ..]:
                return await MeshCommand.RunAsync(args[1..], time).ConfigureAwait(false);
            case ["peers", ..]:
                return await PeersCommand.RunAsync(args[1..], time).ConfigureAwait(false);
            case ["dns", ..] when OperatingSystem.IsLinux():
                return await DnsPeersCommand.RunAsync(args[1..], time).ConfigureAwait(false);
            case ["serve"]:
                return await PeersCommand.ServeAsync(time).ConfigureAwait(false);
            case ["micro", ..]:
                BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args[1..]);
                return 0;
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }
}
