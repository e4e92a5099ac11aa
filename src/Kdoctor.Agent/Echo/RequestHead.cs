using Kdoctor.Probing.Http;

namespace Kdoctor.Agent.Echo;

/// <summary>
/// A request's head, as places in the bytes that it was parsed from (RFC 9112 sections 3 and 5). One is used again for every request of a
/// server; it is read right after it was parsed.
/// </summary>
internal sealed class RequestHead
{
    /// <summary>More fields are answered 431.</summary>
    internal const int MaxFields = 128;

    private readonly (Range Name, Range Value)[] fields = new (Range, Range)[MaxFields];
    private readonly MessageFraming framing = new();

    /// <summary>One of the methods that the echo answers.</summary>
    internal string Method { get; private set; } = "";

    /// <summary>Where the request target lies.</summary>
    internal Range Target { get; private set; }

    internal int FieldCount { get; private set; }

    /// <summary>The body's announced length; null for none, or chunks.</summary>
    internal long? Length => framing.Length;

    internal bool Chunked => framing.Chunked;

    internal bool KeepsConnection => framing.Persists;

    /// <summary>Whether the client waits for 100 before it sends the body (RFC 9110 section 10.1.1).</summary>
    internal bool ExpectsContinue { get; private set; }

    /// <summary>Where the nonce lies; empty when there is none.</summary>
    internal Range Nonce { get; private set; }

    internal (Range Name, Range Value) Field(int index) => fields[index];

    /// <summary>Parses a head without its closing empty line; 0 when it is right, else the status to refuse it with.</summary>
    internal int Parse(ReadOnlySpan<byte> head)
    {
        FieldCount = 0;
        Nonce = default;
        ExpectsContinue = false;
        var end = LineEnd(head, 0);
        var minor = ParseRequestLine(head[..end], out var problem);
        if (problem != 0)
            return problem;
        framing.Begin(minor);
        var hosts = 0;
        for (var start = end + 2; start < head.Length; start = end + 2)
        {
            end = LineEnd(head, start);
            problem = TakeField(head, start, end, ref hosts);
            if (problem != 0)
                return problem;
        }
        if (framing.Problem is not null)
            return 400;
        return hosts == 1 || (hosts == 0 && minor == 0) ? 0 : 400;
    }

    private int ParseRequestLine(ReadOnlySpan<byte> line, out int problem)
    {
        problem = 400;
        var first = line.IndexOf((byte)' ');
        var last = line.LastIndexOf((byte)' ');
        if (first <= 0 || last == first || !FieldLine.IsToken(line[..first]))
            return 0;
        var target = line[(first + 1)..last];
        var version = line[(last + 1)..];
        if (target.IsEmpty || target.IndexOfAnyInRange((byte)0, (byte)' ') >= 0 || target.Contains((byte)0x7F))
            return 0;
        if (target[0] is not ((byte)'/' or (byte)'*') && !target.StartsWith("http://"u8) && !target.StartsWith("https://"u8))
            return 0;
        if (version.Length != 8 || !version.StartsWith("HTTP/"u8) || version[6] != '.')
            return 0;
        Method = EchoMethods.Find(line[..first]) ?? "";
        Target = (first + 1)..last;
        problem = version[5] != '1' || version[7] is not ((byte)'0' or (byte)'1') ? 505 : Method.Length == 0 ? 501 : 0;
        return version[7] - '0';
    }

    private int TakeField(ReadOnlySpan<byte> head, int start, int end, ref int hosts)
    {
        if (FieldCount == MaxFields)
            return 431;
        if (FieldLine.Problem(head[start..end], out var name, out var value) is not null)
            return 400;
        if (framing.TakeField(name, value) is not null)
            return framing.UnknownCoding ? 501 : 400;
        var valueAt = start + name.Length + 1;
        while (valueAt < end && head[valueAt] is (byte)' ' or (byte)'\t')
            valueAt++;
        var place = valueAt..(valueAt + value.Length);
        fields[FieldCount++] = (start..(start + name.Length), place);
        if (name.Length == 4 && System.Text.Ascii.EqualsIgnoreCase(name, "Host"u8))
            hosts++;
        else if (name.Length == 6 && System.Text.Ascii.EqualsIgnoreCase(name, "Expect"u8))
            ExpectsContinue = System.Text.Ascii.EqualsIgnoreCase(value, "100-continue"u8);
        else if (name.Length == 13 && value.Length <= 64 && System.Text.Ascii.EqualsIgnoreCase(name, "Kdoctor-Nonce"u8))
            Nonce = place;
        return 0;
    }

    private static int LineEnd(ReadOnlySpan<byte> head, int start)
    {
        var length = head[start..].IndexOf("\r\n"u8);
        return length < 0 ? head.Length : start + length;
    }
}

/// <summary>The methods that the echo answers (RFC 9110 section 9, RFC 5789).</summary>
internal static class EchoMethods
{
    private static readonly string[] Known = ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "HEAD"];

    internal static string? Find(ReadOnlySpan<byte> method)
    {
        foreach (var known in Known)
        {
            if (System.Text.Ascii.Equals(method, known))
                return known;
        }
        return null;
    }
}
