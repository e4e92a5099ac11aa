using System.Collections.Frozen;
using System.Net;
using Kdoctor.Core.Planning;
using Kdoctor.Probing.Http2;
using Kdoctor.Probing.Load;

namespace Kdoctor.Probing.Http;

/// <summary>
/// A target probed over HTTP/1.1 or HTTP/2, plain or over TLS. Redirects are answers like others; one address is asked, once per request, with no retry.
/// </summary>
public sealed record HttpProbePlan : ProbePlan
{
    /// <summary>An IP literal, or a name that is resolved once per run.</summary>
    public required string Host { get; init; }

    /// <summary>1..65535.</summary>
    public required int Port { get; init; }

    /// <summary>Which family a name must lead to; null for either. Ignored for literals.</summary>
    public IpFamily? Family { get; init; }

    /// <summary>The address to send from; null or empty for the kernel's choice.</summary>
    public string? SourceIp { get; init; }

    /// <summary>The request, and what answer is expected.</summary>
    public required HttpRequestPlan Request { get; init; }

    /// <summary>The request's body.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>
    /// With <see cref="HttpRequestPlan.Echo"/>: the identities of which one must answer; one of them where a certain agent is meant, the whole mesh
    /// where any may. An empty set lets every identity pass. Share one set between targets.
    /// </summary>
    public FrozenSet<string> ExpectedAgentIds { get; init; } = [];

    /// <summary>
    /// With HTTP/2 and <see cref="HttpRequestPlan.KeepAlive"/>: the most requests at once on one connection, 1 or more; the peer's own limit
    /// (SETTINGS_MAX_CONCURRENT_STREAMS) may be lower. A hundred is what servers allow at least, as a rule, so that no request is refused before the limit is known.
    /// </summary>
    public int StreamsPerConnection { get; init; } = 100;

    internal override Probe Create(ProbeSite site)
    {
        if (Port is < 1 or > 65535)
            throw new ArgumentException($"port {Port} of {Host} is not 1..65535");
        IPAddress? source = null;
        if (!string.IsNullOrEmpty(SourceIp) && !IPAddress.TryParse(SourceIp, out source))
            throw new ArgumentException($"source address '{SourceIp}' is not an IP literal");
        ArgumentOutOfRangeException.ThrowIfLessThan(StreamsPerConnection, 1);
        return Request.Http2 ? new Http2Probe(site, this, source) : new HttpProbe(site, this, source);
    }
}
