using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Kdoctor.Core.Tasks.Specs;

/// <summary>The load that each agent puts on each target.</summary>
[Description("The load that each agent puts on each target.")]
public record RequestSpec
{
    /// <summary>A week. An agent is told of durations in milliseconds of 32 bits, 24.8 days: what is longer must not end there unasked.</summary>
    internal const int LongestSeconds = 7 * 24 * 60 * 60;

    [Range(1, LongestSeconds)]
    [Description("For how many seconds requests are started. Below the round's timeout.")]
    public int DurationInSecond { get; init; } = 2;

    [Range(1, int.MaxValue)]
    [Description("Requests per second from each agent to each target. The controller's configuration sets the maximum: "
        + "by default 20 for NetReach, 100 for AppHttpHealthy and Netdns.")]
    public int Qps { get; init; } = 5;

    [Range(1, int.MaxValue)]
    [Description("How many milliseconds a request may take. Below the round's timeout.")]
    public int PerRequestTimeoutInMS { get; init; } = 500;
}

/// <summary>The load of a Netdns, and its question.</summary>
[Description("The load that each agent puts on each server, and the question it asks.")]
public sealed record NetdnsRequestSpec : RequestSpec
{
    [Description("The name to ask for.")]
    public string Domain { get; init; } = "kubernetes.default.svc.cluster.local";

    [AllowedValues("A", "AAAA", "both")]
    [ComputedDefault("A of servers with an IPv4 address, AAAA of servers with an IPv6 address")]
    [Description("Which of the name's addresses to ask for: the IPv4 ones, the IPv6 ones, or both, each as a target of its own.")]
    public string? RecordType { get; init; }

    [AllowedValues("udp", "tcp", "tcp-tls")]
    [Description("How the question travels.")]
    public string Protocol { get; init; } = "udp";
}
