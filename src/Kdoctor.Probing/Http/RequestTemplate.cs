using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Kdoctor.Core.Planning;

namespace Kdoctor.Probing.Http;

/// <summary>
/// A request encoded once (RFC 9112 sections 2 and 3), but for its nonce. Fields that the plan gives itself win over the ones that are added here;
/// a field that could break the message (a control character in it) is an error of the plan.
/// </summary>
internal sealed class RequestTemplate
{
    internal const string NonceField = "Kdoctor-Nonce";
    internal const int NonceLength = 16;

    private readonly byte[] bytes;
    private readonly int nonceAt;

    /// <exception cref="ArgumentException">The plan is not a valid request.</exception>
    internal RequestTemplate(HttpRequestPlan plan, ReadOnlyMemory<byte> body)
    {
        var head = new StringBuilder();
        head.Append(Clean(plan.Method, "method", spaces: false)).Append(' ').Append(Clean(plan.RequestTarget, "request target", spaces: false)).Append(" HTTP/1.1\r\n");
        if (!Has(plan, "Host"))
            head.Append("Host: ").Append(Clean(plan.HostHeader, "host", spaces: false)).Append("\r\n");
        foreach (var field in plan.Headers)
            head.Append(CleanField(field)).Append("\r\n");
        if (!Has(plan, "User-Agent"))
            head.Append("User-Agent: kdoctor\r\n");
        if (!Has(plan, "Accept"))
            head.Append("Accept: */*\r\n");
        if (!Has(plan, "Connection") && !plan.KeepAlive)
            head.Append("Connection: close\r\n");
        if (!Has(plan, "Content-Length") && !Has(plan, "Transfer-Encoding") && (body.Length > 0 || plan.Method is "POST" or "PUT" or "PATCH"))
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
        nonceAt = -1;
        if (plan.Echo)
        {
            head.Append(NonceField).Append(": ");
            nonceAt = head.Length;
            head.Append('0', NonceLength).Append("\r\n");
        }
        head.Append("\r\n");
        bytes = [.. Encoding.Latin1.GetBytes(head.ToString()), .. body.Span];
    }

    internal int Length => bytes.Length;

    /// <summary>Copies as much of the request from <paramref name="offset"/> on as fits, with the nonce in its place.</summary>
    internal int CopyTo(Span<byte> destination, int offset, ulong nonce)
    {
        var length = Math.Min(bytes.Length - offset, destination.Length);
        bytes.AsSpan(offset, length).CopyTo(destination);
        if (nonceAt < 0 || offset >= nonceAt + NonceLength)
            return length;
        Span<byte> digits = stackalloc byte[NonceLength];
        Utf8Formatter.TryFormat(nonce, digits, out _, new System.Buffers.StandardFormat('x', NonceLength));
        for (var digit = 0; digit < NonceLength; digit++)
        {
            var at = nonceAt + digit - offset;
            if (at >= 0 && at < length)
                destination[at] = digits[digit];
        }
        return length;
    }

    private static bool Has(HttpRequestPlan plan, string name) =>
        plan.Headers.Any(field => field.AsSpan(0, Math.Max(field.IndexOf(':', StringComparison.Ordinal), 0)).Trim().Equals(name, StringComparison.OrdinalIgnoreCase));

    private static string CleanField(string field)
    {
        var colon = field.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0)
            throw new ArgumentException("a header is not 'Name: value'");
        return $"{Clean(field[..colon].Trim(), "header name", spaces: false)}: {Clean(field[(colon + 1)..].Trim(), "header value", spaces: true)}";
    }

    // The message does not repeat the text: a header's, or a URL's, may be a credential.
    private static string Clean(string text, string what, bool spaces)
    {
        if ((text.Length == 0 && !spaces) || text.Any(character => character > 0xFF || character == 0x7F || (character < 0x20 && character != '\t') || (!spaces && character is ' ' or '\t')))
            throw new ArgumentException($"the {what} holds a character that HTTP does not allow there, or is empty");
        return text;
    }
}
