using System.Collections.Immutable;
using System.Net;

namespace Kdoctor.Agent.Apps;

/// <summary>What a test server knows of one name.</summary>
/// <param name="Addresses">Its addresses of both families.</param>
/// <param name="Manner">How it is answered for.</param>
internal sealed record DnsEntry(ImmutableArray<IPAddress> Addresses, DnsManner Manner = DnsManner.Honest)
{
    /// <summary>A name that is there, and nothing else about it.</summary>
    public static DnsEntry Empty { get; } = new([]);
}
