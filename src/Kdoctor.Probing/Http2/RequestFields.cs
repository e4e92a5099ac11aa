using System.Globalization;
using System.Text;
using Kdoctor.Core.Planning;
using Kdoctor.Probing.Http;

namespace Kdoctor.Probing.Http2;

/// <summary>The fields of an HTTP/2 request in their order (RFC 9113 section 8.3.1): the pseudo-header fields first, then the nonce, then the others.</summary>
internal static class RequestFields
{
    internal static readonly string Nonce = RequestTemplate.NonceField.ToLowerInvariant();

    // RFC 9113 section 8.2.2; Host is :authority.
    private static readonly string[] OfConnection = ["connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade", "host", "te"];

    /// <exception cref="ArgumentException">A field holds what it may not.</exception>
    internal static List<(string Name, string Value)> Of(HttpRequestPlan plan, int bodyLength)
    {
        var own = plan.Headers.Select(Split).Where(field => !OfConnection.Contains(field.Name)).ToList();
        var fields = new List<(string, string)> { (":method", Clean(plan.Method, "method", text: false)) };
        if (plan.Method != "CONNECT")
        {
            fields.Add((":scheme", plan.Tls is null ? "http" : "https"));
            fields.Add((":path", Clean(plan.RequestTarget, "request target", text: false)));
        }
        fields.Add((":authority", Clean(plan.Method == "CONNECT" ? plan.RequestTarget : plan.HostHeader, "host", text: false)));
        if (plan.Echo)
            fields.Add((Nonce, new string('0', RequestTemplate.NonceLength)));
        fields.AddRange(own);
        if (!Has("user-agent"))
            fields.Add(("user-agent", "kdoctor"));
        if (!Has("accept"))
            fields.Add(("accept", "*/*"));
        if (!Has("content-length") && (bodyLength > 0 || plan.Method is "POST" or "PUT" or "PATCH"))
            fields.Add(("content-length", bodyLength.ToString(CultureInfo.InvariantCulture)));
        return fields;

        bool Has(string name) => own.Any(field => field.Name == name);
    }

    private static (string Name, string Value) Split(string field)
    {
        var colon = field.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? "" : field[..colon].Trim().ToLowerInvariant();
        if (!FieldLine.IsToken(Encoding.Latin1.GetBytes(name)))
            throw new ArgumentException("a header is not 'Name: value'");
        return (name, Clean(field[(colon + 1)..].Trim(), $"value of {name}", text: true));
    }

    // The message does not repeat the text: a header's may be a credential.
    private static string Clean(string value, string what, bool text) =>
        (value.Length == 0 && !text) || value.Any(character => character is > '\u00FF' or '\u007F' || (character < ' ' && character != '\t') || (!text && character is ' ' or '\t'))
            ? throw new ArgumentException($"the {what} holds a character that HTTP does not allow there, or is empty")
            : value;
}
