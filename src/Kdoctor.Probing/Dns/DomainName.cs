using System.Globalization;

namespace Kdoctor.Probing.Dns;

/// <summary>A domain name from text to wire: labels with their lengths and a closing zero (RFC 1035 sections 2.3.4 and 3.1), other scripts as A-labels (RFC 5890).</summary>
/// <remarks>
/// Escapes of the master file format are not read: a backslash is refused rather than guessed at. Other scripts must come composed (Unicode NFC), as
/// keyboards write them: without the platform's Unicode tables nothing is composed here.
/// </remarks>
internal static class DomainName
{
    /// <summary>The most octets of a name, its lengths and closing zero included.</summary>
    internal const int MaxOctets = 255;

    /// <summary>The most octets of a label.</summary>
    internal const int MaxLabel = 63;

    private static readonly IdnMapping Labels = new() { AllowUnassigned = false, UseStd3AsciiRules = false };

    /// <summary>The name's octets; <c>.</c> is the root, and a dot at the end changes nothing.</summary>
    /// <exception cref="FormatException">It is no name; the message says what is wrong with it and is fit for a person.</exception>
    internal static byte[] ToWire(string text)
    {
        if (text == ".")
            return [0];
        var ascii = ToAscii(text);
        var wire = new byte[MaxOctets];
        var length = 0;
        foreach (var label in ascii.EndsWith('.') ? ascii.AsSpan(0, ascii.Length - 1).Split('.') : ascii.AsSpan().Split('.'))
        {
            var octets = ascii.AsSpan()[label];
            if (octets.Length is 0 or > MaxLabel)
                throw new FormatException($"'{text}' has a label of {octets.Length} octets; each has 1 to {MaxLabel}");
            if (length + octets.Length + 2 > MaxOctets)
                throw new FormatException($"'{text}' is longer than the {MaxOctets} octets that a name may have");
            wire[length++] = (byte)octets.Length;
            foreach (var octet in octets)
            {
                if (octet is <= ' ' or > '~' or '\\')
                    throw new FormatException($"'{text}' has a character that no name may have here: blanks, control characters and backslashes");
                wire[length++] = (byte)octet;
            }
        }
        return wire[..(length + 1)];
    }

    private static string ToAscii(string text)
    {
        if (System.Text.Ascii.IsValid(text))
            return text.Length == 0 ? throw new FormatException("the name is empty; '.' is the root") : text;
        try
        {
#pragma warning disable CA1308 // RFC 5895 section 2.1 asks for lower case.
            return Labels.GetAscii(text.ToLowerInvariant());
#pragma warning restore CA1308
        }
        catch (ArgumentException exception)
        {
            throw new FormatException($"'{text}' has no form in ASCII (RFC 5891): {exception.Message.Split('\n', '(')[0].Trim()}", exception);
        }
    }
}
