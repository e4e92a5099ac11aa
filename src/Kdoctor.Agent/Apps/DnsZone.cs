using System.Collections.Frozen;
using System.Net;

namespace Kdoctor.Agent.Apps;

/// <summary>The names that a test server knows, with their addresses and how it answers for them. Every other name does not exist there.</summary>
public sealed class DnsZone
{
    /// <summary>The most names.</summary>
    public const int MaxNames = 1024;

    /// <summary>The most addresses of one name: all fit into one datagram.</summary>
    public const int MaxAddresses = 16;

    // What may stand in the place of an address. "empty": the name is there, without a record.
    private static readonly FrozenDictionary<string, DnsManner> Words = new Dictionary<string, DnsManner>
    {
        ["empty"] = DnsManner.Honest,
        ["truncated"] = DnsManner.Truncated,
        ["servfail"] = DnsManner.ServFail,
        ["refused"] = DnsManner.Refused,
        ["silent"] = DnsManner.Silent,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly FrozenDictionary<string, DnsEntry> names;

    private DnsZone(FrozenDictionary<string, DnsEntry> names) => this.names = names;

    /// <summary>A zone of records.</summary>
    /// <param name="records">Each <c>NAME=ADDRESS</c>, or <c>NAME=</c> and one of empty, truncated, servfail, refused and silent; a name may have several.</param>
    /// <exception cref="FormatException">A record is none, or there are too many; the message says which and why.</exception>
    public static DnsZone Read(IEnumerable<string> records)
    {
        var read = new Dictionary<string, DnsEntry>(StringComparer.Ordinal);
        foreach (var record in records)
        {
            var sign = record.IndexOf('=', StringComparison.Ordinal);
            var name = sign < 1 ? "" : Lower(record[..sign].TrimEnd('.'));
            var known = read.GetValueOrDefault(name, DnsEntry.Empty);
            read[name] = With(known, name, record, record[(sign + 1)..]);
            if (read.Count > MaxNames)
                throw new FormatException($"there are more than {MaxNames} names");
        }
        return new DnsZone(read.ToFrozenDictionary(StringComparer.Ordinal));
    }

    /// <summary>What is known of a name; null when there is no such name.</summary>
    /// <param name="name">In lower case, without a dot at its end.</param>
    internal DnsEntry? Find(string name) => names.GetValueOrDefault(name);

    private static DnsEntry With(DnsEntry known, string name, string record, string value)
    {
        if (name.Length > 0 && Words.TryGetValue(value, out var manner))
            return manner == DnsManner.Honest ? known : known with { Manner = manner };
        if (name.Length == 0 || !IPAddress.TryParse(value, out var address))
        {
            throw new FormatException(
                $"the record '{record}' is not NAME=ADDRESS, for example kubernetes.default.svc.cluster.local=10.96.0.1, nor NAME= and one of {string.Join(", ", Words.Keys.Order(StringComparer.Ordinal))}");
        }
        return known.Addresses.Length < MaxAddresses
            ? known with { Addresses = known.Addresses.Add(address) }
            : throw new FormatException($"{name} has more than {MaxAddresses} addresses");
    }

    // RFC 4343: only the letters of ASCII have a case in names.
    private static string Lower(string name) => string.Create(name.Length, name, static (span, text) => System.Text.Ascii.ToLower(text, span, out _));
}
