using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Probing.Load;

namespace Kdoctor.Probing.Dns;

/// <summary>A DNS server probed with one question. Each query is asked once: no retry, no other server, and no TCP after a truncated answer.</summary>
public sealed record DnsProbePlan : EndPointPlan
{
    /// <summary>The most connections that one target's queries may share.</summary>
    public const int MaxConnections = 1000;

    /// <summary>The question, and what answer is expected.</summary>
    public required DnsRequestPlan Request { get; init; }

    /// <summary>TCP and TLS: how many connections carry queries at the same time, 1..<see cref="MaxConnections"/>; each query takes the next in turn.</summary>
    public int Connections { get; init; } = 2;

    /// <summary>
    /// TCP and TLS: how long a connection takes new queries, before the next query in its place opens another; infinite for as long as the server keeps it.
    /// Short by default, so that at a low rate nearly every query has a connection of its own and none hides a dead backend behind a living one,
    /// and at a high rate connecting costs little.
    /// </summary>
    public TimeSpan KeepConnections { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>TLS: whom to trust; nobody is verified by default.</summary>
    public TlsPlan Tls { get; init; } = new();

    /// <summary>Why a name cannot be asked for, in words; null for one that can.</summary>
    public static string? ProblemOf(string domain)
    {
        try
        {
            DomainName.ToWire(domain);
            return null;
        }
        catch (FormatException wrong)
        {
            return wrong.Message;
        }
    }

    internal override Probe Create(ProbeSite site)
    {
        if (Connections is < 1 or > MaxConnections)
            throw new ArgumentException($"{nameof(Connections)} is {Connections}; it must be 1..{MaxConnections}");
        if (Request.ExpectedReplyCode is < 0 or > ReplyCode.Max)
            throw new ArgumentException($"{nameof(DnsRequestPlan.ExpectedReplyCode)} is {Request.ExpectedReplyCode}; it must be 0..{ReplyCode.Max}");
        return Request.Transport == DnsTransport.Udp ? new UdpProbe(site, this, Template()) : new StreamProbe(site, this, Template());
    }

    private QueryTemplate Template()
    {
        try
        {
            return new QueryTemplate(Request.Domain, Request.Type);
        }
        catch (FormatException wrong)
        {
            throw new ArgumentException(wrong.Message, wrong);
        }
    }
}
