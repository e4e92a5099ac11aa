#if !AHEAD_OF_TIME
using BenchmarkDotNet.Running;
using Kdoctor.Benchmarks.Agents;
#endif
using Kdoctor.Benchmarks.Memory;
using Kdoctor.Benchmarks.Mesh;
using Kdoctor.Benchmarks.Peers;
using Kdoctor.Benchmarks.Rates;
using Kdoctor.Benchmarks.Truth;

namespace Kdoctor.Benchmarks;

internal static class Program
{
    private const string Usage = """
        usage: Kdoctor.Benchmarks COMMAND
          mesh [AGENTS] [QPS] [SECONDS]   a full mesh in one process: processor, memory, lateness
          peers [ROW...] [REPEATS [SECONDS]]   requests per processor second beside the peers, every row without ROW
          rate [SECONDS [RATE...]]        how many requests begin, and how late
          truth [SECONDS]                 what is measured over real sockets against what scripted servers know they did
          memory [SECONDS]                resident memory over time, at 20,000 per second and at 1,000 targets
          agent PROGRAM [SECONDS]         the same of the published agent, joined to a controller
          client ROW PORT SECONDS [RATE]  our client of a row alone, against a server that runs already; at full speed without RATE
          servers                         the servers of the rows, until input ends
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
            case ["rate", ..]:
                return await RateCommand.RunAsync(args[1..], time).ConfigureAwait(false);
            case ["truth", ..]:
                return await TruthCommand.RunAsync(args[1..], time).ConfigureAwait(false);
            case ["memory", ..]:
                return await MemoryCommand.RunAsync(args[1..], time).ConfigureAwait(false);
            case ["client", _, _, _, ..]:
                return await OwnClient.RunAsync(args[1..], time).ConfigureAwait(false);
            case ["servers"]:
                return await PeersCommand.ServeAsync(time).ConfigureAwait(false);
#if !AHEAD_OF_TIME
            case ["agent", _, ..]:
                return await AgentCommand.RunAsync(args[1..], time).ConfigureAwait(false);
            case ["micro", ..]:
                BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args[1..]);
                return 0;
#endif
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }
}
