using Kdoctor.Core.Planning;
using Kdoctor.Probing.Load;

namespace Kdoctor.Probing.Dns;

/// <summary>What all queries to one server share, however they travel.</summary>
internal abstract class DnsProbe : EndPointProbe
{
    private readonly AttemptShelf<DnsAttempt> shelf;
    private ulong nonce;
    private long strays;

    private protected DnsProbe(ProbeSite site, DnsProbePlan plan, QueryTemplate template)
        : base(site, plan)
    {
        Request = plan.Request;
        Template = template;
        shelf = site.Rack.Of<DnsAttempt>();
    }

    internal override long StrayAnswers => strays;

    internal DnsRequestPlan Request { get; }

    internal QueryTemplate Template { get; }

    internal override Attempt Rent()
    {
        var attempt = shelf.Take();
        attempt.Probe = this;
        return attempt;
    }

    internal void Return(DnsAttempt attempt)
    {
        attempt.Probe = null;
        shelf.Return(attempt);
    }

    /// <summary>Sends a query, or ends it with the reason why not.</summary>
    internal abstract void Send(DnsAttempt attempt);

    /// <summary>Counts an answer that belongs to no query under way.</summary>
    internal void CountStray() => strays++;

    /// <summary>An id that nobody can guess from the ones before without the run's seed: 16 of the bits of a fresh number at a time.</summary>
    internal ushort NextId()
    {
        if (nonce == 0)
            nonce = Site.Nonces.Next();
        var id = (ushort)nonce;
        nonce >>= 16;
        return id;
    }
}
