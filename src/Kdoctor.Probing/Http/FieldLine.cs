using System.Buffers;

namespace Kdoctor.Probing.Http;

/// <summary>A header field's line: <c>name ":" OWS value OWS</c> (RFC 9112 section 5). Folded lines are refused, as section 5.2 lets a recipient do.</summary>
internal static class FieldLine
{
    // token, RFC 9110 section 5.6.2
    private static readonly SearchValues<byte> TokenBytes =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    // What no field value may hold: controls but the tab (RFC 9110 section 5.5).
    private static readonly SearchValues<byte> Controls =
        SearchValues.Create([.. Enumerable.Range(0, 32).Where(value => value != '\t').Select(value => (byte)value), 0x7F]);

    /// <summary>Takes a line apart; null when it is right, else what is wrong.</summary>
    internal static string? Problem(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || line[..colon].IndexOfAnyExcept(TokenBytes) >= 0)
            return "a header line is not 'Name: value'";
        if (line[(colon + 1)..].IndexOfAny(Controls) >= 0)
            return "a header's value holds a control character";
        name = line[..colon];
        value = line[(colon + 1)..].Trim(" \t"u8);
        return null;
    }

    internal static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && text.IndexOfAnyExcept(TokenBytes) < 0;

    internal static bool HasControls(ReadOnlySpan<byte> text) => text.IndexOfAny(Controls) >= 0;
}
