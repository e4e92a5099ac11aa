using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Kdoctor.Benchmarks.Peers;

/// <summary>Runs a peer's client and reads how much it did and used.</summary>
internal static partial class PeerProcess
{
    internal static Process Start(string program, string arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    internal static Task<(long Requests, double Cpu)?> WrkAsync(int port, int seconds) =>
        RunAsync("wrk", $"-t1 -c50 -d{seconds}s http://127.0.0.1:{port}/", WrkCount());

    internal static Task<(long Requests, double Cpu)?> AbAsync(int port, int seconds, bool keepAlive) =>
        RunAsync("ab", $"{(keepAlive ? "-k " : "")}-q -c50 -t{seconds} -n10000000 http://127.0.0.1:{port}/", AbCount());

    internal static Task<(long Requests, double Cpu)?> DnsPerfAsync(int port, string mode, string queries, int seconds, int outstanding) =>
        RunAsync("taskset", $"-c 0 dnsperf -s 127.0.0.1 -p {port} -m {mode} -l {seconds} -q {outstanding} -c 1 -d {queries}", DnsPerfCount());

    private static async Task<(long Requests, double Cpu)?> RunAsync(string program, string arguments, Regex count)
    {
        // The shell's own words for what its children used, in its last line: user, then kernel.
        using var process = Start("sh", $"-c \"{program} {arguments}; times\"");
        var output = await process.StandardOutput.ReadToEndAsync().ConfigureAwait(false);
        await process.WaitForExitAsync().ConfigureAwait(false);
        var (requests, used) = (count.Match(output), ChildTimes().Match(output));
        if (!requests.Success || !used.Success)
            return null;
        return (long.Parse(requests.Groups[1].Value, CultureInfo.InvariantCulture), Enumerable.Range(1, 4).Sum(group => Number(used, group) * (group % 2 == 1 ? 60 : 1)));
    }

    private static double Number(Match match, int group) => double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(\d+)m([\d.]+)s (\d+)m([\d.]+)s\s*$")]
    private static partial Regex ChildTimes();

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex WrkCount();

    [GeneratedRegex(@"Queries completed:\s+(\d+)")]
    private static partial Regex DnsPerfCount();

    [GeneratedRegex(@"Complete requests:\s+(\d+)")]
    private static partial Regex AbCount();
}
