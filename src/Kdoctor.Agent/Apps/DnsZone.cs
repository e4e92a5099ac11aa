using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;

namespace Kdoctor.Agent.Apps;

/// <summary>The names that a test server knows, with their addresses. Every other name does not exist there.</summary>
public sealed class DnsZone
{
    /// <summary>The most names.</summary>
    public const int MaxNames = 1024;

    /// <summary>The most addresses of one name: all fit into one datagram.</summary>
    public const int MaxAddresses = 16;

    private readonly FrozenDictionary<string, ImmutableArray<IPAddress>> names;

    private DnsZone(FrozenDictionary<string, ImmutableArray<IPAddress>> names) => this.names = names;

    /// <summary>A zone of records.</summary>
    /// <param name="records">Each <c>NAME=ADDRESS</c>; a name may have several.</param>
    /// <exception cref="FormatException">A record is none, or there are too many; the message says which and why.</exception>
    public static DnsZone Read(IEnumerable<string> records)
    {
        var read = new Dictionary<string, ImmutableArray<IPAddress>>(StringComparer.Ordinal);
        foreach (var record in records)
        {
            var sign = record.IndexOf('=', StringComparison.Ordinal);
            if (sign < 1 || !IPAddress.TryParse(record[(sign + 1)..], out var address))
                throw new FormatException($"the record '{record}' is not NAME=ADDRESS, for example kubernetes.default.svc.cluster.local=10.96.0.1");
            var name = Lower(record[..sign].TrimEnd('.'));
            var addresses = read.GetValueOrDefault(name, []).Add(address);
            if (addresses.Length > MaxAddresses)
                throw new FormatException($"{name} has more than {MaxAddresses} addresses");
            read[name] = addresses;
            if (read.Count > MaxNames)
                throw new FormatException($"there are more than {MaxNames} names");
        }
        return new DnsZone(read.ToFrozenDictionary(StringComparer.Ordinal));
    }

    /// <summary>A name's addresses; null when there is no such name.</summary>
    /// <param name="name">In lower case, without a dot at its end.</param>
    internal ImmutableArray<IPAddress>? Find(string name) => names.TryGetValue(name, out var addresses) ? addresses : null;

    // RFC 4343: only the letters of ASCII have a case in names.
    private static string Lower(string name) => string.Create(name.Length, name, static (span, text) => System.Text.Ascii.ToLower(text, span, out _));
}
