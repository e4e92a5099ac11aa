using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Probing.Load;
using Kdoctor.Probing.Tls;

namespace Kdoctor.Probing.Http;

/// <summary>What all HTTP requests to one target share, whichever version they speak.</summary>
internal abstract class WebProbe : EndPointProbe
{
    private long surplus;

    /// <param name="site">Where it works.</param>
    /// <param name="plan">The target.</param>
    /// <param name="protocol">What is offered over TLS (ALPN).</param>
    private protected WebProbe(ProbeSite site, HttpProbePlan plan, string protocol)
        : base(site, plan)
    {
        Request = plan.Request;
        Tls = plan.Request.Tls is { } tls ? new TlsContext(tls, plan.Host, protocol) : null;
        Backends = new BackendNames(plan.ExpectedAgentIds);
    }

    internal override long SurplusConnections => surplus;

    internal override IReadOnlyList<PeerCertificate> Certificates => Tls?.Shown?.Known ?? [];

    internal HttpRequestPlan Request { get; }

    /// <summary>What its TLS connections share; null for plain TCP.</summary>
    internal TlsContext? Tls { get; }

    /// <summary>Who answered.</summary>
    internal BackendNames Backends { get; }

    internal ulong NextNonce() => Site.Nonces.Next();

    /// <summary>Counts a connection that is closed because enough are kept.</summary>
    internal void CountSurplus() => surplus++;
}
