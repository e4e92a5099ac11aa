namespace Kdoctor.Core.Planning;

/// <summary>A DNS question as planned.</summary>
public sealed record DnsRequestPlan : RequestPlan
{
    /// <summary>The name asked for, as a person writes it; always taken as complete, with a dot at its end or without.</summary>
    public required string Domain { get; init; }

    /// <summary>What is asked about the name; its addresses in IPv4 by default.</summary>
    public DnsRecordType Type { get; init; } = DnsRecordType.A;

    /// <summary>How the question travels; UDP by default.</summary>
    public DnsTransport Transport { get; init; } = DnsTransport.Udp;

    /// <summary>The only reply code that succeeds, 0..4095 (RFC 6895 section 2.3): NOERROR by default, which then also needs a record of the type asked for.</summary>
    public int ExpectedReplyCode { get; init; }
}

/// <summary>How a DNS question travels.</summary>
public enum DnsTransport
{
    /// <summary>One datagram each way (RFC 1035 section 4.2.1).</summary>
    Udp = 1,

    /// <summary>A byte stream with lengths (RFC 1035 section 4.2.2, RFC 7766).</summary>
    Tcp = 2,

    /// <summary>The same in TLS (RFC 7858).</summary>
    Tls = 3,
}

/// <summary>What is asked about a name; the numbers are those of the wire (IANA, DNS parameters).</summary>
#pragma warning disable CA1720 // PTR is the record's name in DNS; no language's pointer is meant.
public enum DnsRecordType
{
    /// <summary>IPv4 addresses (RFC 1035 section 3.4.1).</summary>
    A = 1,

    /// <summary>Name servers (RFC 1035 section 3.3.11).</summary>
    NS = 2,

    /// <summary>The name that this one stands for (RFC 1035 section 3.3.1).</summary>
    CNAME = 5,

    /// <summary>The zone's own data (RFC 1035 section 3.3.13).</summary>
    SOA = 6,

    /// <summary>The name of an address (RFC 1035 section 3.3.12).</summary>
    PTR = 12,

    /// <summary>Mail servers (RFC 1035 section 3.3.9).</summary>
    MX = 15,

    /// <summary>Text (RFC 1035 section 3.3.14).</summary>
    TXT = 16,

    /// <summary>IPv6 addresses (RFC 3596 section 2.1).</summary>
    AAAA = 28,

    /// <summary>Hosts and ports of a service (RFC 2782).</summary>
    SRV = 33,
}
#pragma warning restore CA1720
