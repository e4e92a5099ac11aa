using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Probing.Load;
using Kdoctor.Probing.Tls;

namespace Kdoctor.Probing.Dns;

/// <summary>Queries to one server over TCP or TLS, pipelined on a few connections (RFC 7766 section 6.2.1.1).</summary>
/// <remarks>Connections that take no more queries stay until theirs have ended; so there are at most as many as queries under way, and the plan's number besides.</remarks>
internal sealed class StreamProbe : DnsProbe
{
    private const int MaxSpare = 16;
    private readonly DnsConnection?[] current;
    private readonly List<DnsConnection> open = [];
    private readonly Stack<DnsConnection> spare = [];
    private readonly long keepNs;
    private int turn;

    internal StreamProbe(ProbeSite site, DnsProbePlan plan, QueryTemplate template)
        : base(site, plan, template)
    {
        current = new DnsConnection?[plan.Connections];
        keepNs = plan.KeepConnections == Timeout.InfiniteTimeSpan ? long.MaxValue : plan.KeepConnections.Ticks * 100;
        Tls = plan.Request.Transport == DnsTransport.Tls ? new TlsContext(plan.Tls, plan.Host, "dot") : null;
    }

    /// <summary>What TLS asks for; null for none.</summary>
    internal TlsContext? Tls { get; }

    internal override IReadOnlyList<PeerCertificate> Certificates => Tls?.Shown?.Known ?? [];

    internal override void Send(DnsAttempt attempt)
    {
        var now = Loop.NowNs;
        var place = turn++ % current.Length;
        if (current[place] is { } connection && connection.TakesMore(now, keepNs))
        {
            connection.Send(attempt);
            return;
        }
        current[place]?.Retire();
        var fresh = spare.TryPop(out var used) ? used : new DnsConnection(this);
        current[place] = fresh;
        open.Add(fresh);
        fresh.Open(attempt, now);
    }

    internal void OnClosed(DnsConnection connection)
    {
        open.Remove(connection);
        var place = Array.IndexOf(current, connection);
        if (place >= 0)
            current[place] = null;
        if (spare.Count < MaxSpare)
            spare.Push(connection);
    }

    internal override void Finish()
    {
        while (open.Count > 0)
            open[^1].Close();
        Tls?.Dispose();
    }
}
