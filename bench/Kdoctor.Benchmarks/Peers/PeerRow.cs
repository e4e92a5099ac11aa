using System.Text.RegularExpressions;

namespace Kdoctor.Benchmarks.Peers;

/// <summary>One line of the table: a piece of work, and who else can do it.</summary>
/// <param name="Name">How it is asked for.</param>
/// <param name="Work">What is done.</param>
/// <param name="Peers">Who else does it, the first one first in the table.</param>
internal sealed record PeerRow(string Name, string Work, Peer[] Peers);

/// <summary>A peer's client.</summary>
/// <param name="Program">Its name.</param>
/// <param name="AtLeast">How many times its requests per processor second are asked of us.</param>
/// <param name="Arguments">Its command line, for the servers and so many seconds.</param>
/// <param name="Count">Finds how many requests it made, as the first group.</param>
/// <param name="PerSecond">Whether that is a rate, for a peer that names no count.</param>
internal sealed record Peer(string Program, double AtLeast, Func<BenchServers, int, string> Arguments, Regex Count, bool PerSecond = false);

/// <summary>The rows that the project has promised to show.</summary>
internal static partial class PeerRows
{
    internal static readonly PeerRow[] All =
    [
        new("http1-keepalive", "HTTP/1.1 keep-alive, 50 connections",
        [
            new("wrk", 1.1, (servers, seconds) => $"-t1 -c50 -d{seconds}s http://127.0.0.1:{servers.Http}/", WrkCount()),
            new("hey", 4, (servers, seconds) => $"-cpus 1 -c 50 -z {seconds}s http://127.0.0.1:{servers.Http}/", HeyRate(), PerSecond: true),
        ]),
        new("http1-fresh", "HTTP/1.1, a connection per request",
        [
            new("ab", 1, (servers, seconds) => $"-q -c50 -t{seconds} -n10000000 http://127.0.0.1:{servers.Http}/", AbCount()),
        ]),
        new("https1-keepalive", "HTTPS/1.1 keep-alive, 50 connections",
        [
            new("wrk", 0.9, (servers, seconds) => $"-t1 -c50 -d{seconds}s https://127.0.0.1:{servers.Https}/", WrkCount()),
        ]),
        new("h2c", "HTTP/2 without TLS, 10 x 10 streams",
        [
            new("h2load", 0.9, (servers, seconds) => $"-t1 -c10 -m10 -D{seconds} http://127.0.0.1:{servers.Http2}/", H2loadCount()),
        ]),
        new("h2", "HTTP/2 over TLS, 10 x 10 streams",
        [
            new("h2load", 0.9, (servers, seconds) => $"-t1 -c10 -m10 -D{seconds} https://127.0.0.1:{servers.Https}/", H2loadCount()),
        ]),
        new("dns-udp", "DNS over UDP, 100 outstanding", [Dnsperf("udp", 1.3)]),
        new("dns-tcp", "DNS over TCP, 10 connections", [Dnsperf("tcp", 0.9)]),
        new("dns-tls", "DNS over TLS, 10 connections", [Dnsperf("dot", 0.9)]),
    ];

    private static Peer Dnsperf(string mode, double atLeast) => new(
        "dnsperf",
        atLeast,
        (servers, seconds) => $"-m {mode} -s 127.0.0.1 -p {(mode == "dot" ? servers.DnsTls : servers.Dns)} -d {servers.QueryFile} -l {seconds} -T 1 -c {(mode == "udp" ? 1 : 10)} -q 100",
        DnsperfCount());

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex WrkCount();

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex HeyRate();

    [GeneratedRegex(@"Complete requests:\s+(\d+)")]
    private static partial Regex AbCount();

    [GeneratedRegex(@"(\d+) succeeded")]
    private static partial Regex H2loadCount();

    [GeneratedRegex(@"Queries completed:\s+(\d+)")]
    private static partial Regex DnsperfCount();
}
