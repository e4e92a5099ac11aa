using System.Globalization;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Verdicts;

namespace Kdoctor.Core.Reports;

/// <summary>The spellings and units of the report's surface.</summary>
public static class ReportWords
{
    /// <summary>A channel as reports and manifests spell it.</summary>
    public static string Of(Channel channel) => channel switch
    {
        Channel.PodIP => "podIP",
        Channel.Multus => "multus",
        Channel.ClusterIP => "clusterIP",
        Channel.NodePort => "nodePort",
        Channel.LoadBalancer => "loadBalancer",
        Channel.Ingress => "ingress",
        Channel.Application => "application",
        Channel.Dns => "dns",
        _ => throw new ArgumentOutOfRangeException(nameof(channel), channel, "not a channel of this version"),
    };

    /// <summary>A verdict as reports and statuses spell it.</summary>
    public static string Of(Verdict verdict) => verdict switch
    {
        Verdict.Succeed => "succeed",
        Verdict.Fail => "fail",
        Verdict.Unknown => "unknown",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, "not a verdict"),
    };

    /// <summary>How a DNS question travels, as reports and manifests spell it.</summary>
    public static string Of(DnsTransport transport) => transport switch
    {
        DnsTransport.Udp => "udp",
        DnsTransport.Tcp => "tcp",
        DnsTransport.Tls => "tcp-tls",
        _ => throw new ArgumentOutOfRangeException(nameof(transport), transport, "not a transport of this version"),
    };

    /// <summary>The key under which a task's spec stands in a report.</summary>
    internal static string SpecKey(TaskKind kind) => kind switch
    {
        TaskKind.NetReach => "netReach",
        TaskKind.AppHttpHealthy => "appHttpHealthy",
        TaskKind.Netdns => "netDns",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of this version"),
    };

    /// <summary>Seconds with up to nine decimals, as Go prints durations under a minute: <c>10.032286878s</c>.</summary>
    internal static string Seconds(TimeSpan duration) => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.#########}s");

    /// <summary>Nanoseconds as milliseconds with six decimals: none of the measured precision is lost.</summary>
    public static double Milliseconds(double nanoseconds) => Math.Round(nanoseconds / 1e6, 6);

    /// <summary>Phases in milliseconds; null when there is none.</summary>
    public static PhasesReport? Phases(PhaseLatencies phases)
    {
        ArgumentNullException.ThrowIfNull(phases);
        var report = new PhasesReport(Phase(phases.Resolve), Phase(phases.Connect), Phase(phases.Tls), Phase(phases.FirstByte), Phase(phases.Body));
        return report == new PhasesReport(null, null, null, null, null) ? null : report;
    }

    /// <summary>A histogram of nanoseconds in milliseconds; null when it is empty.</summary>
    internal static LatencyReport? Latencies(LatencyHistogram histogram) => histogram.Count == 0 ? null : new LatencyReport(
        Milliseconds(histogram.Quantile(0.50)!.Value),
        Milliseconds(histogram.Quantile(0.90)!.Value),
        Milliseconds(histogram.Quantile(0.95)!.Value),
        Milliseconds(histogram.Quantile(0.99)!.Value),
        Milliseconds(histogram.Max!.Value),
        Milliseconds(histogram.Min!.Value),
        Milliseconds(histogram.Mean!.Value));

    /// <summary>Failures by their words, most frequent first.</summary>
    internal static Dictionary<string, long> Errors(IEnumerable<KeyValuePair<Failure, long>> failures) =>
        FailureCounts.Ordered(failures).ToDictionary(failure => failure.Key.ToString(), failure => failure.Value);

    private static PhaseReport? Phase(LatencyHistogram? histogram) => histogram is not { Mean: { } mean, Max: { } max } ? null : new PhaseReport(
        histogram.Count, Milliseconds(mean), Milliseconds(histogram.Quantile(0.5)!.Value), Milliseconds(histogram.Quantile(0.99)!.Value), Milliseconds(max));
}
