using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Kdoctor.Benchmarks.Peers;

/// <summary>Programs on one core, and what they used of it.</summary>
internal static partial class PinnedProcess
{
    internal static Process Start(int core, string program, string arguments) =>
        Process.Start(new ProcessStartInfo("taskset", $"-c {core} {program} {arguments}")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    /// <summary>Runs a peer's client for so many seconds.</summary>
    /// <exception cref="InvalidOperationException">It made no request, or said nothing that could be read.</exception>
    internal static async Task<Measure> RunAsync(int core, Peer peer, BenchServers servers, int seconds)
    {
        // GNU time tells what the kernel counted: user and system seconds to the hundredth, the greatest resident set in KiB.
        using var process = Start(core, "/usr/bin/time", $"-f \"used %U %S %M\" {peer.Program} {peer.Arguments(servers, seconds)}");
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync().ConfigureAwait(false);
        var used = Used().Match(await errors.ConfigureAwait(false));
        await process.WaitForExitAsync().ConfigureAwait(false);
        var count = peer.Count.Match(output);
        if (!used.Success || !count.Success)
            throw new InvalidOperationException($"{peer.Program} cannot be read: {output}{await errors.ConfigureAwait(false)}");
        var requests = Number(count, 1) * (peer.PerSecond ? seconds : 1);
        var (user, kernel) = (Number(used, 1), Number(used, 2));
        return new Measure(requests / (user + kernel), kernel / (user + kernel), Number(used, 3) / 1024);
    }

    internal static double Number(Match match, int group) => double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"used ([\d.]+) ([\d.]+) (\d+)")]
    private static partial Regex Used();
}

/// <summary>What one run of one client came to.</summary>
/// <param name="PerCpuSecond">Requests per second of processor time.</param>
/// <param name="KernelShare">The share of the processor time that the kernel spent for it, 0 to 1.</param>
/// <param name="MemoryMb">The greatest resident set, in MiB.</param>
internal sealed record Measure(double PerCpuSecond, double KernelShare, double MemoryMb);
