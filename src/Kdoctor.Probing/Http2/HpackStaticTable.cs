using System.Text;

namespace Kdoctor.Probing.Http2;

/// <summary>The static table of HPACK (RFC 7541 appendix A), entries 1..61.</summary>
internal static class HpackStaticTable
{
    internal const int Count = 61;

    // Names, each with its values where it has any; the order is the table's.
    private const string Text = """
        :authority;:method=GET;:method=POST;:path=/;:path=/index.html;:scheme=http;:scheme=https;:status=200;:status=204;:status=206;:status=304;
        :status=400;:status=404;:status=500;accept-charset;accept-encoding=gzip, deflate;accept-language;accept-ranges;accept;
        access-control-allow-origin;age;allow;authorization;cache-control;content-disposition;content-encoding;content-language;content-length;
        content-location;content-range;content-type;cookie;date;etag;expect;expires;from;host;if-match;if-modified-since;if-none-match;if-range;
        if-unmodified-since;last-modified;link;location;max-forwards;proxy-authenticate;proxy-authorization;range;referer;refresh;retry-after;server;
        set-cookie;strict-transport-security;transfer-encoding;user-agent;vary;via;www-authenticate
        """;

    private static readonly (byte[] Name, byte[] Value)[] Entries = [.. Text
        .Split(';', StringSplitOptions.TrimEntries)
        .Select(entry => entry.Split('=', 2))
        .Select(parts => (Encoding.ASCII.GetBytes(parts[0]), Encoding.ASCII.GetBytes(parts.ElementAtOrDefault(1) ?? "")))];

    internal static ReadOnlySpan<byte> Name(int index) => Entries[index - 1].Name;

    internal static ReadOnlySpan<byte> Value(int index) => Entries[index - 1].Value;

    /// <summary>The first entry of a name, and whether it or a later one has this value too; 0 for none.</summary>
    internal static int Find(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, out bool withValue)
    {
        withValue = false;
        var first = 0;
        for (var index = 1; index <= Count; index++)
        {
            if (!Name(index).SequenceEqual(name))
                continue;
            if (first == 0)
                first = index;
            withValue = Value(index).SequenceEqual(value) && !value.IsEmpty;
            if (withValue)
                return index;
        }
        return first;
    }
}
