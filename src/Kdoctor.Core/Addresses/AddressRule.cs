using System.Collections.Immutable;
using System.Net;

namespace Kdoctor.Core.Addresses;

/// <summary>
/// Which addresses the targets of AppHttpHealthy and Netdns may have: ordinary ones that are not denied, and special ones that are allowed. Where
/// credentials are handed out, only the very address opens the way, never a range around it. What is denied stays denied.
/// </summary>
public sealed record AddressRule
{
    /// <summary>The most entries of each list.</summary>
    public const int MaxEntries = 1000;

    /// <summary>Ordinary addresses only.</summary>
    public static AddressRule Strict { get; } = new();

    /// <summary>What the lab allows: all there is to reach is on loopback addresses.</summary>
    public static AddressRule Lab { get; } = new() { Allow = ["127.0.0.0/8", "::1"] };

    /// <summary>Refuses nothing, where somebody else judges.</summary>
    public static AddressRule Unjudged { get; } = new() { JudgesNothing = true };

    /// <summary>Special addresses, and ranges of them, that targets may have.</summary>
    public ImmutableArray<string> Allow { get; init; } = [];

    /// <summary>Addresses and ranges that no target may have.</summary>
    public ImmutableArray<string> Deny { get; init; } = [];

    private bool JudgesNothing { get; init; }

    /// <summary>Everything that is wrong with the entries; empty when nothing is. An entry that is neither an address nor a range allows nothing, and must not be taken for one that denies.</summary>
    public IEnumerable<string> Problems()
    {
        foreach (var (name, entries) in new[] { ("allowed", Allow), ("denied", Deny) })
        {
            if (entries.Length > MaxEntries)
                yield return $"{entries.Length} {name} addresses are more than {MaxEntries}";
            foreach (var entry in entries.Where(entry => RangeOf(entry) is null))
                yield return $"the {name} address '{entry}' is neither an address nor a range";
        }
    }

    /// <summary>Why an address may not be a target, as words for what it is; null when it may.</summary>
    public string? WhyRefused(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (JudgesNothing)
            return null;
        var inner = SpecialAddress.Unwrapped(address);
        if (Deny.FirstOrDefault(entry => RangeOf(entry)?.Contains(inner) == true) is { } denied)
            return $"{inner}, which the setting targets.deny names with {denied}";
        return SpecialAddress.KindOf(inner) is { } kind && !Allow.Any(entry => Covers(entry, kind, inner)) ? $"{inner}, {Words(kind)}, which the setting targets.allow does not name" : null;
    }

    /// <summary>The same for a host that spells an address, or is a name that always leads to the same place; null when it may, or only resolving it will tell.</summary>
    public string? WhyRefused(string host)
    {
        if (HostSpelling.LiteralOf(host) is { } literal)
            return WhyRefused(literal);
        var refused = HostSpelling.HomesOf(host).Select(WhyRefused).ToList();
        return refused.Count > 0 && !refused.Contains(null) ? refused[0] : null;
    }

    /// <summary>Whether both allow and deny the same.</summary>
    public bool Equals(AddressRule? other) => other is not null && other.JudgesNothing == JudgesNothing
        && Allow.SequenceEqual(other.Allow, StringComparer.Ordinal) && Deny.SequenceEqual(other.Deny, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => Allow.Concat(Deny).Aggregate(Allow.Length, HashCode.Combine);

    private static bool Covers(string entry, AddressKind kind, IPAddress address) =>
        RangeOf(entry) is { } range && range.Contains(address) && (kind != AddressKind.Metadata || range.PrefixLength == LengthOf(address));

    private static IPNetwork? RangeOf(string entry) =>
        IPNetwork.TryParse(entry, out var range) ? range
        : IPAddress.TryParse(entry, out var address) ? new IPNetwork(address, LengthOf(address))
        : null;

    private static int LengthOf(IPAddress address) => 8 * address.GetAddressBytes().Length;

    private static string Words(AddressKind kind) => kind switch
    {
        AddressKind.Loopback => "a loopback address",
        AddressKind.LinkLocal => "a link-local address",
        AddressKind.Metadata => "the address of a cloud's metadata service",
        AddressKind.Unspecified => "an unspecified address",
        AddressKind.Multicast => "a multicast or broadcast address",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of address"),
    };
}
