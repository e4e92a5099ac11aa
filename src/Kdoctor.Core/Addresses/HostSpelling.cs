using System.Net;

namespace Kdoctor.Core.Addresses;

/// <summary>Hosts as people, and people who mean ill, spell them.</summary>
public static class HostSpelling
{
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

    /// <summary>What is special about a name that always leads to the same place; null for other names.</summary>
    public static AddressKind? KindOfName(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var name = host.TrimEnd('.').ToUpperInvariant();
        return name switch
        {
            // RFC 6761 section 6.3, and what /etc/hosts holds as a rule.
            "LOCALHOST" or "LOCALHOST.LOCALDOMAIN" or "LOCALHOST6" or "LOCALHOST4" or "IP6-LOCALHOST" or "IP6-LOOPBACK" => AddressKind.Loopback,
            _ when name.EndsWith(".LOCALHOST", StringComparison.Ordinal) => AddressKind.Loopback,
            "METADATA.GOOGLE.INTERNAL" => AddressKind.Metadata,
            _ => null,
        };
    }
}
