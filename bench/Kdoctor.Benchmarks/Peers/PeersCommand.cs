using System.Globalization;

namespace Kdoctor.Benchmarks.Peers;

/// <summary>
/// Requests per processor second of a client, ours and its peers', in one run: (1) start the servers on core 0, (2) run every client of a row on core 1,
/// in turn and again, so that what else the machine does falls on all alike, (3) print the median of each and of the ratios.
/// </summary>
internal static class PeersCommand
{
    private const int ServerCore = 0;
    private const int ClientCore = 1;

    internal static async Task<int> RunAsync(string[] args, TimeProvider time)
    {
        var numbers = args.Where(arg => arg.All(char.IsAsciiDigit)).Select(arg => int.Parse(arg, CultureInfo.InvariantCulture)).ToList();
        var names = args.Where(arg => !arg.All(char.IsAsciiDigit)).ToList();
        if (names.Except(PeerRows.All.Select(row => row.Name)).FirstOrDefault() is { } unknown)
        {
            Console.Error.WriteLine($"no row '{unknown}'; there are {string.Join(", ", PeerRows.All.Select(row => row.Name))}");
            return 2;
        }
        var (repeats, seconds) = (numbers.ElementAtOrDefault(0) is var first and > 0 ? first : 3, numbers.ElementAtOrDefault(1) is var second and > 0 ? second : 4);
        var rows = PeerRows.All.Where(row => names.Count == 0 || names.Contains(row.Name)).ToList();

        // 1. Servers.
        using var servers = new BenchServers();
        await servers.StartAsync(rows.Any(row => !IsDns(row)), rows.Any(IsDns), ServerCore, time.GetUtcNow()).ConfigureAwait(false);

        Console.WriteLine("| work | peer | ours, requests per CPU s | peer's | ratio | at least | ours, % in the kernel | peer's | ours, MiB | peer's |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        var missed = new List<string>();
        foreach (var row in rows)
            missed.AddRange(await MeasureAsync(row, servers, repeats, seconds).ConfigureAwait(false));
        foreach (var line in missed)
            Console.WriteLine(line);
        return 0;
    }

    internal static async Task<int> ServeAsync(TimeProvider time)
    {
        using var servers = new BenchServers();
        await servers.StartAsync(http: true, dns: true, ServerCore, time.GetUtcNow()).ConfigureAwait(false);
        foreach (var row in PeerRows.All)
            Console.WriteLine($"{row.Name} {PortOf(row, servers)}");
        await Console.In.ReadToEndAsync().ConfigureAwait(false);
        return 0;
    }

    // 2. Clients in turn. What comes back are the ratios that were missed, and why.
    private static async Task<List<string>> MeasureAsync(PeerRow row, BenchServers servers, int repeats, int seconds)
    {
        var ours = new List<Measure>();
        var theirs = row.Peers.Select(_ => new List<Measure>()).ToList();
        for (var repeat = 0; repeat < repeats; repeat++)
        {
            ours.Add(await OwnClient.MeasureAsync(ClientCore, row.Name, PortOf(row, servers), seconds).ConfigureAwait(false));
            for (var peer = 0; peer < row.Peers.Length; peer++)
                theirs[peer].Add(await PinnedProcess.RunAsync(ClientCore, row.Peers[peer], servers, seconds).ConfigureAwait(false));
        }
        return [.. row.Peers.Zip(theirs, (peer, runs) => Print(row, peer, ours, runs)).OfType<string>()];
    }

    // 3. Medians. The kernel's part of our time is what no other client could leave out either: it bounds what is left to win.
    private static string? Print(PeerRow row, Peer peer, List<Measure> ours, List<Measure> theirs)
    {
        var ratio = Median(ours.Zip(theirs, (own, other) => own.PerCpuSecond / other.PerCpuSecond));
        var kernel = Median(ours.Select(run => run.KernelShare));
        var isMissed = ratio < peer.AtLeast;
        Console.WriteLine(string.Join(" | ",
        [
            "| " + row.Work, peer.Program,
            Text($"{Median(ours.Select(run => run.PerCpuSecond)):N0}"), Text($"{Median(theirs.Select(run => run.PerCpuSecond)):N0}"),
            Text($"{ratio:F2}"), Text($"{peer.AtLeast:F1}{(isMissed ? ", missed" : "")}"),
            Text($"{kernel * 100:F0}"), Text($"{Median(theirs.Select(run => run.KernelShare)) * 100:F0}"),
            Text($"{Median(ours.Select(run => run.MemoryMb)):F0}"), Text($"{Median(theirs.Select(run => run.MemoryMb)):F0} |"),
        ]));
        return isMissed
            ? Text($"missed: {row.Work}, {ratio:F2} of {peer.AtLeast:F1} times {peer.Program}: {kernel:P0} of our processor time is the kernel's; without any code of ours the ratio would be {ratio / kernel:F2}. The profile is in bench/README.md.")
            : null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static bool IsDns(PeerRow row) => row.Name.StartsWith("dns", StringComparison.Ordinal);

    private static int PortOf(PeerRow row, BenchServers servers) => row.Name switch
    {
        "https1-keepalive" or "h2" => servers.Https,
        "h2c" => servers.Http2,
        "dns-tls" => servers.DnsTls,
        "dns-udp" or "dns-tcp" => servers.Dns,
        _ => servers.Http,
    };

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
