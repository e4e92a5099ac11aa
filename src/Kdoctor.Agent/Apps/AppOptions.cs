using System.Collections.Immutable;
using System.Net;

namespace Kdoctor.Agent.Apps;

/// <summary>How an application to test against is made.</summary>
public sealed record AppOptions
{
    /// <summary>The name that its answers carry; 1 to 128 printable ASCII characters without spaces.</summary>
    public required string Name { get; init; }

    /// <summary>Where it listens; 1 to 16.</summary>
    public required ImmutableArray<IPAddress> Listen { get; init; }

    /// <summary>The port of HTTP; 0 for a free one.</summary>
    public int HttpPort { get; init; }

    /// <summary>The port of HTTPS, which needs a certificate; 0 for a free one.</summary>
    public int HttpsPort { get; init; }

    /// <summary>The port of DNS, over UDP and TCP alike; 0 for free ones, which then differ.</summary>
    public int DnsPort { get; init; }

    /// <summary>The port of DNS over TLS, which needs a certificate; 0 for a free one.</summary>
    public int DnsTlsPort { get; init; }

    /// <summary>How it shows itself in TLS; null for none.</summary>
    public TlsIdentityOptions? Certificate { get; init; }

    /// <summary>What its DNS server knows.</summary>
    public required DnsZone Zone { get; init; }

    /// <summary>Everything that is wrong with these options; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        if (Name.Length is < 1 or > 128 || Name.Any(character => character is <= ' ' or > '~'))
            yield return $"the name is '{Name}'; it must be 1 to 128 printable ASCII characters without spaces";
        if (Listen.IsDefaultOrEmpty || Listen.Length > 16)
            yield return "1 to 16 addresses to listen on are needed";
        foreach (var (what, port) in new[] { ("HTTP", HttpPort), ("HTTPS", HttpsPort), ("DNS", DnsPort), ("DNS over TLS", DnsTlsPort) })
        {
            if (port is < 0 or > 65535)
                yield return $"the port of {what} is {port}; it must be 0 to 65535";
        }
    }
}
