using System.Net;
using Kdoctor.Core.Planning;
using Kdoctor.Probing.EventLoops;
using Kdoctor.Probing.Load;

namespace Kdoctor.Probing.Dns;

/// <summary>What all queries to one server share, however they travel.</summary>
internal abstract class DnsProbe : Probe
{
    private readonly ProbeSite site;
    private readonly Stack<Attempt> rack;
    private ulong nonce;
    private long strays;

    private protected DnsProbe(ProbeSite site, DnsProbePlan plan, QueryTemplate template, IPAddress? source)
    {
        this.site = site;
        Request = plan.Request;
        Template = template;
        rack = site.Rack.Of<DnsAttempt>();
        Source = source is null ? null : new KernelAddress(new IPEndPoint(source, 0));
        Server = new TargetAddress(site, plan.Host, plan.Port, plan.Family, plan.Addresses);
    }

    internal override string? ResolvedAddress => Server.Resolved;

    internal override long StrayAnswers => strays;

    internal EventLoop Loop => site.Loop;

    internal DnsRequestPlan Request { get; }

    internal QueryTemplate Template { get; }

    internal TargetAddress Server { get; }

    internal KernelAddress? Source { get; }

    internal override Attempt Rent()
    {
        var attempt = rack.TryPop(out var used) ? (DnsAttempt)used : new DnsAttempt();
        attempt.Probe = this;
        return attempt;
    }

    internal void Return(DnsAttempt attempt)
    {
        attempt.Probe = null;
        if (rack.Count < AttemptRack.Capacity)
            rack.Push(attempt);
    }

    /// <summary>Sends a query, or ends it with the reason why not.</summary>
    internal abstract void Send(DnsAttempt attempt);

    /// <summary>Counts an answer that belongs to no query under way.</summary>
    internal void CountStray() => strays++;

    /// <summary>An id that nobody can guess from the ones before without the run's seed: 16 of the bits of a fresh number at a time.</summary>
    internal ushort NextId()
    {
        if (nonce == 0)
            nonce = site.Nonces.Next();
        var id = (ushort)nonce;
        nonce >>= 16;
        return id;
    }
}
