namespace Kdoctor.Probing.Http;

/// <summary>The line before a chunk: <c>1*HEXDIG [chunk-ext]</c> (RFC 9112 section 7.1); extensions are ignored.</summary>
internal static class ChunkSize
{
    // 15 digits keep the size within 63 bits.
    private const int MaxDigits = 15;

    internal static bool TryParse(ReadOnlySpan<byte> line, out long size)
    {
        size = 0;
        var semicolon = line.IndexOf((byte)';');
        if (FieldLine.HasControls(line))
            return false;
        var digits = (semicolon < 0 ? line : line[..semicolon]).TrimEnd(" \t"u8);
        if (digits.IsEmpty || digits.Length > MaxDigits)
            return false;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiHexDigit((char)digit))
                return false;
            size = (size << 4) | (uint)HexValue(digit);
        }
        return true;
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
