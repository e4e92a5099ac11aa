using System.Collections.Immutable;
using System.Net;

namespace Kdoctor.Agent.Apps;

/// <summary>Where a test DNS server answers, and what it knows; with port 0 the kernel chooses one.</summary>
public sealed record DnsServerOptions
{
    /// <summary>What it knows.</summary>
    public required DnsZone Zone { get; init; }

    /// <summary>Where datagrams are answered.</summary>
    public ImmutableArray<IPEndPoint> Datagrams { get; init; } = [];

    /// <summary>Where streams are answered.</summary>
    public ImmutableArray<IPEndPoint> Streams { get; init; } = [];

    /// <summary>Where streams in TLS are answered; not listened on without a certificate.</summary>
    public ImmutableArray<IPEndPoint> EncryptedStreams { get; init; } = [];

    /// <summary>How the server shows itself in TLS; null for no TLS.</summary>
    public TlsIdentityOptions? Certificate { get; init; }
}
