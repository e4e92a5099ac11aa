using System.Collections.Frozen;
using Kdoctor.Core.Planning;
using Kdoctor.Probing.Http2;
using Kdoctor.Probing.Load;
using Kdoctor.Probing.Tls;

namespace Kdoctor.Probing.Http;

/// <summary>
/// A target probed over HTTP/1.1 or HTTP/2, plain or over TLS. Redirects are answers like others; one address is asked, once per request, with no retry.
/// </summary>
public sealed record HttpProbePlan : EndPointPlan
{
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

    internal override void Check()
    {
        if (Request.Http2)
            _ = new RequestFrames(Request, Body);
        else
            _ = new RequestTemplate(Request, Body);
        if (Request.Tls is not { } tls)
            return;
        try
        {
            new TlsContext(tls, Host, "h2").Dispose();
        }
        catch (DllNotFoundException missing)
        {
            throw new ArgumentException(missing.Message, missing);
        }
    }

    internal override Probe Create(ProbeSite site)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(StreamsPerConnection, 1);
        return Request.Http2 ? new Http2Probe(site, this) : new HttpProbe(site, this);
    }
}
