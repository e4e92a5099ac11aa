using System.Text;

namespace Kdoctor.Probing.Http;

/// <summary>
/// What header fields, of an answer or a request, say of the body's length and of the connection's future: Content-Length, Transfer-Encoding and Connection
/// (RFC 9112 sections 6 and 9). Contradictions are errors: they are how one message is smuggled inside another.
/// </summary>
internal sealed class MessageFraming
{
    private int minor;
    private bool coded;

    /// <summary>Content-Length; null without one.</summary>
    internal long? Length { get; private set; }

    /// <summary>Whether Transfer-Encoding names a coding other than chunked.</summary>
    internal bool UnknownCoding { get; private set; }

    /// <summary>Whether the body comes in chunks.</summary>
    internal bool Chunked { get; private set; }

    /// <summary>Whether the connection outlives the message.</summary>
    internal bool Persists { get; set; }

    /// <summary>What is contradictory, once all fields are known.</summary>
    internal string? Problem =>
        coded && Length is not null ? "the message has both Content-Length and Transfer-Encoding"
        : coded && minor == 0 ? "an HTTP/1.0 message has Transfer-Encoding"
        : null;

    internal void Begin(int minorVersion = 1)
    {
        minor = minorVersion;
        Persists = minorVersion == 1;
        Length = null;
        Chunked = coded = UnknownCoding = false;
    }

    internal string? TakeField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        switch (name.Length)
        {
            case 14 when Ascii.EqualsIgnoreCase(name, "Content-Length"u8):
                return TakeLength(value);
            case 17 when Ascii.EqualsIgnoreCase(name, "Transfer-Encoding"u8):
                return TakeCoding(value);
            case 10 when Ascii.EqualsIgnoreCase(name, "Connection"u8):
                TakeConnection(value);
                return null;
            default:
                return null;
        }
    }

    // A list of equal lengths counts as one (RFC 9112 section 6.3, rule 5).
    private string? TakeLength(ReadOnlySpan<byte> value)
    {
        if (Length is null && TryParseDigits(value, out var only))
        {
            Length = only;
            return null;
        }
        foreach (var range in value.Split((byte)','))
        {
            var digits = value[range].Trim(" \t"u8);
            if (!TryParseDigits(digits, out var length))
                return "Content-Length is not a number";
            if (Length is { } other && other != length)
                return "the message has two different Content-Lengths";
            Length = length;
        }
        return null;
    }

    private string? TakeCoding(ReadOnlySpan<byte> value)
    {
        // Only chunked was offered to the peer (no TE field in the request), so nothing else may come.
        if (UnknownCoding = coded || !Ascii.EqualsIgnoreCase(value, "chunked"u8))
            return "Transfer-Encoding is not 'chunked'";
        coded = Chunked = true;
        return null;
    }

    private void TakeConnection(ReadOnlySpan<byte> value)
    {
        foreach (var range in value.Split((byte)','))
        {
            var option = value[range].Trim(" \t"u8);
            if (Ascii.EqualsIgnoreCase(option, "close"u8))
                Persists = false;
            else if (minor == 0 && Ascii.EqualsIgnoreCase(option, "keep-alive"u8))
                Persists = true;
        }
    }

    private static bool TryParseDigits(ReadOnlySpan<byte> digits, out long value)
    {
        value = 0;
        if (digits.IsEmpty || digits.Length > 18)
            return false;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
                return false;
            value = (value * 10) + digit - '0';
        }
        return true;
    }
}
