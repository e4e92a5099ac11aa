using System.Collections.Immutable;
using System.Net;

namespace Kdoctor.Core.Addresses;

/// <summary>Hosts as people, and people who mean ill, spell them.</summary>
public static class HostSpelling
{
    private static readonly ImmutableArray<IPAddress> Loopback = [IPAddress.Loopback, IPAddress.IPv6Loopback];

    /// <summary>
    /// The address that a host spells, in whatever way resolvers read one: in brackets, with a zone, with dots at its end, in fewer parts than
    /// four, decimal, octal or hexadecimal; null for a name.
    /// </summary>
    public static IPAddress? LiteralOf(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var bare = host.Trim('[', ']');
        var zone = bare.IndexOf('%', StringComparison.Ordinal);
        bare = (zone < 0 ? bare : bare[..zone]).TrimEnd('.');
        return IPAddress.TryParse(bare, out var address) ? address : null;
    }

    /// <summary>The addresses to which a name leads everywhere; empty for names that only a resolver knows.</summary>
    public static ImmutableArray<IPAddress> HomesOf(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var name = host.TrimEnd('.').ToUpperInvariant();
        return name switch
        {
            // RFC 6761 section 6.3, and what /etc/hosts holds as a rule.
            "LOCALHOST" or "LOCALHOST.LOCALDOMAIN" or "LOCALHOST6" or "LOCALHOST4" or "IP6-LOCALHOST" or "IP6-LOOPBACK" => Loopback,
            _ when name.EndsWith(".LOCALHOST", StringComparison.Ordinal) => Loopback,
            "METADATA.GOOGLE.INTERNAL" => [new IPAddress([169, 254, 169, 254])],
            _ => [],
        };
    }
}
