namespace Kdoctor.Probing.Http;

/// <summary>An answer's first line: <c>HTTP/1.x SP 3DIGIT SP [reason]</c> (RFC 9112 section 4; the space before an absent reason is often left out, and is not insisted on).</summary>
internal static class StatusLine
{
    internal static bool TryParse(ReadOnlySpan<byte> line, out int minor, out int status, out string? problem)
    {
        minor = status = 0;
        problem = null;
        if (line.Length < 12 || !line.StartsWith("HTTP/1."u8) || line[7] is not ((byte)'0' or (byte)'1') || line[8] != ' ')
            problem = "the answer does not begin with HTTP/1.1 or HTTP/1.0";
        else if (!IsDigit(line[9]) || !IsDigit(line[10]) || !IsDigit(line[11]) || (line.Length > 12 && line[12] != ' '))
            problem = "the status code is not three digits";
        else if (FieldLine.HasControls(line[12..]))
            problem = "the status line holds a control character";
        if (problem is not null)
            return false;
        minor = line[7] - '0';
        status = ((line[9] - '0') * 100) + ((line[10] - '0') * 10) + line[11] - '0';
        problem = status < 100 ? "the status code is below 100" : null;
        return problem is null;
    }

    private static bool IsDigit(byte value) => value is >= (byte)'0' and <= (byte)'9';
}
