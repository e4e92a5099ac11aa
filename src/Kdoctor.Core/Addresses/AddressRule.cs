using System.Collections.Immutable;
using System.Net;

namespace Kdoctor.Core.Addresses;

/// <summary>
/// Which special addresses the targets of AppHttpHealthy and Netdns may have. Nothing special is allowed but what an entry allows: a kind by its
/// word, or addresses by a prefix. Where credentials are handed out, only its word or the very address opens the way, never a prefix around it.
/// </summary>
public sealed record AddressRule
{
    /// <summary>How many entries a rule may have.</summary>
    public const int MaxEntries = 64;

    private AddressRule(ImmutableArray<string> entries) => Entries = entries;

    /// <summary>Nothing special is allowed.</summary>
    public static AddressRule Strict { get; } = new([]);

    /// <summary>What the lab allows: everything there is on loopback addresses.</summary>
    public static AddressRule Lab { get; } = new(["loopback"]);

    /// <summary>What is allowed, as it was written.</summary>
    public ImmutableArray<string> Entries { get; }

    /// <summary>A rule of these entries, each <c>loopback</c>, <c>linkLocal</c>, <c>metadata</c>, <c>unspecified</c>, <c>multicast</c>, an address or a prefix.</summary>
    /// <exception cref="FormatException">An entry is none of these; the message names every one that is not.</exception>
    public static AddressRule Of(IEnumerable<string> entries)
    {
        var rule = new AddressRule([.. entries]);
        return rule.Problems().ToList() is { Count: > 0 } problems ? throw new FormatException(string.Join("; ", problems)) : rule;
    }

    /// <summary>What is wrong with entries; empty when nothing is.</summary>
    public static IEnumerable<string> ProblemsOf(IEnumerable<string> entries) => new AddressRule([.. entries]).Problems();

    /// <summary>Why an address may not be a target, in words to be read after "is" or alone; null when it may.</summary>
    public string? WhyRefused(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return SpecialAddress.KindOf(address) is { } kind && !Allows(kind, address) ? $"{Words(kind)} ({SpecialAddress.Unwrapped(address)})" : null;
    }

    /// <summary>Why a host, spelled as an address or as a name that always leads to the same place, may not be a target; null when it may, or only resolving will tell.</summary>
    public string? WhyRefused(string host)
    {
        if (HostSpelling.LiteralOf(host) is { } literal)
            return WhyRefused(literal);
        return HostSpelling.KindOfName(host) is { } kind && !Entries.Contains(WordOf(kind)) ? $"the name of {Words(kind)}" : null;
    }

    /// <summary>Whether both allow the same.</summary>
    public bool Equals(AddressRule? other) => other is not null && Entries.SequenceEqual(other.Entries, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => Entries.Aggregate(0, (hash, entry) => HashCode.Combine(hash, entry));

    /// <summary>A kind as settings spell it.</summary>
    public static string WordOf(AddressKind kind) => kind switch
    {
        AddressKind.Loopback => "loopback",
        AddressKind.LinkLocal => "linkLocal",
        AddressKind.Metadata => "metadata",
        AddressKind.Unspecified => "unspecified",
        AddressKind.Multicast => "multicast",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of address"),
    };

    private static string Words(AddressKind kind) => kind switch
    {
        AddressKind.Loopback => "a loopback address",
        AddressKind.LinkLocal => "a link-local address",
        AddressKind.Metadata => "the address of a cloud's metadata service",
        AddressKind.Unspecified => "an unspecified address",
        AddressKind.Multicast => "a multicast or broadcast address",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of address"),
    };

    private bool Allows(AddressKind kind, IPAddress address)
    {
        if (Entries.Contains(WordOf(kind)))
            return true;
        var inner = SpecialAddress.Unwrapped(address);
        return Entries.Select(PrefixOf).OfType<IPNetwork>().Any(prefix =>
            prefix.Contains(inner) && (kind != AddressKind.Metadata || prefix.PrefixLength == (inner.GetAddressBytes().Length * 8)));
    }

    private IEnumerable<string> Problems()
    {
        if (Entries.Length > MaxEntries)
            yield return $"there are {Entries.Length} entries, but at most {MaxEntries} are read; join some into a prefix";
        foreach (var entry in Entries.Where(entry => !Enum.GetValues<AddressKind>().Any(kind => WordOf(kind) == entry) && PrefixOf(entry) is null))
            yield return $"'{entry}' is none of {string.Join(", ", Enum.GetValues<AddressKind>().Select(WordOf))}, nor an address, nor a prefix such as 169.254.20.10/32; correct or remove it";
    }

    private static IPNetwork? PrefixOf(string entry) =>
        IPNetwork.TryParse(entry, out var prefix) ? prefix
        : IPAddress.TryParse(entry, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;
}
