using System.Diagnostics;
using System.Globalization;
using Kdoctor.Benchmarks.Peers;
using Kdoctor.Core.Protocol;

namespace Kdoctor.Benchmarks.Agents;

/// <summary>
/// The published agent, joined to a controller over its stream: resident memory (1) idle, (2) at 20,000 requests per second and (3) at 1,000 targets x 10 per
/// second, looked at twenty times in each.
/// </summary>
internal static class AgentCommand
{
    /// <summary><c>agent PROGRAM [SECONDS]</c>, 20 seconds of each without.</summary>
    internal static async Task<int> RunAsync(string[] args, TimeProvider time)
    {
        var seconds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 20;
        using var servers = new BenchServers();
        await servers.StartAsync(http: true, dns: false, core: 0, time.GetUtcNow()).ConfigureAwait(false);
        var controller = await ScriptedController.StartAsync(time.GetUtcNow()).ConfigureAwait(false);
        await using var controllerEnds = controller.ConfigureAwait(false);
        var folder = Directory.CreateTempSubdirectory("kdoctor-bench-");
        using var agent = Start(args[0], controller, folder);
        try
        {
            await controller.Joined.ConfigureAwait(false);
            Console.WriteLine("| work | sent | succeeded | unsent | MiB, twenty looks |");
            Console.WriteLine("|---|---|---|---|---|");
            await LookAsync("idle", agent, Task.Delay(TimeSpan.FromSeconds(seconds), time), seconds, time).ConfigureAwait(false);
            await RunAsync("one target, 20,000 per second, connections kept", controller, Load(servers.Http, 1, 20_000, keep: true, seconds), agent, seconds, time).ConfigureAwait(false);
            await RunAsync("1,000 targets x 10 per second, a connection each", controller, Load(servers.Http, 1000, 10, keep: false, seconds), agent, seconds, time).ConfigureAwait(false);
            return 0;
        }
        finally
        {
            agent.Kill();
            await agent.WaitForExitAsync().ConfigureAwait(false);
            folder.Delete(recursive: true);
        }
    }

    private static Process Start(string program, ScriptedController controller, DirectoryInfo folder)
    {
        var authority = Path.Combine(folder.FullName, "ca.pem");
        var token = Path.Combine(folder.FullName, "token");
        File.WriteAllText(authority, controller.CertificatePem);
        File.WriteAllText(token, "bench");
        return Process.Start(program, ["--controller", $"127.0.0.1:{controller.Port}", "--join-token-file", token, "--ca-file", authority, "--id", "bench"]);
    }

    private static Assignment Load(int port, int targets, double rate, bool keep, int seconds)
    {
        var assignment = new Assignment { RoundId = $"bench/{targets}", TaskName = "bench", TaskKind = "AppHttpHealthy", RequestsPerSecond = rate, DurationMs = seconds * 1000, RequestTimeoutMs = 5000 };
        assignment.AllowedAddresses.Add("127.0.0.0/8");
        assignment.Targets.AddRange(Enumerable.Range(0, targets).Select(index => new TargetMessage
        {
            Index = index,
            Host = "127.0.0.1",
            Port = port,
            Http = new HttpProbe { Method = "GET", RequestTarget = "/", HostHeader = $"127.0.0.1:{port}", KeepAlive = keep },
        }));
        return assignment;
    }

    private static async Task RunAsync(string work, ScriptedController controller, Assignment load, Process agent, int seconds, TimeProvider time)
    {
        var run = controller.RunAsync(load);
        var looks = await MemoryAsync(agent, run, seconds, time).ConfigureAwait(false);
        var targets = (await run.ConfigureAwait(false)).SelectMany(part => part.Targets).ToList();
        Print(work, $"{targets.Sum(target => target.Sent)} | {targets.Sum(target => target.Succeeded)} | {targets.Sum(target => target.Unsent)}", looks);
    }

    private static async Task LookAsync(string work, Process agent, Task until, int seconds, TimeProvider time) =>
        Print(work, "| | ", await MemoryAsync(agent, until, seconds, time).ConfigureAwait(false));

    private static async Task<List<double>> MemoryAsync(Process agent, Task until, int seconds, TimeProvider time)
    {
        var seen = new List<double>();
        while (!until.IsCompleted)
        {
            await Task.WhenAny(until, Task.Delay(TimeSpan.FromSeconds(seconds / 20.0), time)).ConfigureAwait(false);
            agent.Refresh();
            seen.Add(agent.WorkingSet64 / 1048576.0);
        }
        return seen;
    }

    private static void Print(string work, string counts, List<double> looks) =>
        Console.WriteLine($"| {work} | {counts} | {string.Join(" ", looks.Select(mb => mb.ToString("F1", CultureInfo.InvariantCulture)))} |");
}
