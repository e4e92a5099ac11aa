using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Kdoctor.Core.Planning;

/// <summary>An HTTP request as planned.</summary>
public sealed record HttpRequestPlan : RequestPlan
{
    /// <summary>RFC 9110 section 9.</summary>
    public required string Method { get; init; }

    /// <summary>Path and query, RFC 9112 section 3.2.1.</summary>
    public required string RequestTarget { get; init; }

    /// <summary>The Host field, RFC 9110 section 7.2.</summary>
    public required string HostHeader { get; init; }

    /// <summary>Further fields, each <c>Name: value</c>.</summary>
    public ImmutableArray<string> Headers { get; init; } = [];

    /// <summary>The ConfigMap that the body comes from; null where there is none.</summary>
    public ObjectReference? BodyFrom { get; init; }

    /// <summary>The body; empty for none. Held in memory only: a plan that is stored is stored without it, and read again from <see cref="BodyFrom"/>.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The only status code that succeeds; null for any 2xx.</summary>
    public int? ExpectedStatus { get; init; }

    /// <summary>TLS on the connection; null for plain TCP.</summary>
    public TlsPlan? Tls { get; init; }

    /// <summary>Whether HTTP/2 is spoken (RFC 9113), agreed on by ALPN over TLS and by prior knowledge without; else HTTP/1.1.</summary>
    public bool Http2 { get; init; }

    /// <summary>Whether the answer must be an agent's echo: identity and nonce are checked.</summary>
    public bool Echo { get; init; }

    /// <summary>Whether connections are kept for the next request; by default each request opens its own, so that none hides a dead backend.</summary>
    public bool KeepAlive { get; init; }

    /// <summary>The request that a URL asks for: its path and query, its host, TLS without verification where its scheme is https.</summary>
    /// <param name="url">Absolute, http or https.</param>
    /// <param name="method">RFC 9110 section 9.</param>
    /// <param name="headers">Further fields; a Host among them takes the place of the URL's.</param>
    public static HttpRequestPlan To(Uri url, string method, IReadOnlyList<(string Name, string Value)> headers)
    {
        ArgumentNullException.ThrowIfNull(url);
        var literal = url.HostNameType is UriHostNameType.IPv6 ? $"[{url.IdnHost}]" : url.IdnHost;
        var host = headers.LastOrDefault(header => IsHost(header.Name)).Value;
        return new HttpRequestPlan
        {
            Method = method,

            // CONNECT asks for an authority with its port (RFC 9112 section 3.2.3).
            RequestTarget = method == "CONNECT" ? $"{literal}:{url.Port}" : url.PathAndQuery,
            HostHeader = host ?? (url.IsDefaultPort ? literal : $"{literal}:{url.Port}"),
            Headers = [.. headers.Where(header => !IsHost(header.Name)).Select(header => $"{header.Name}: {header.Value}")],
            Tls = url.Scheme == Uri.UriSchemeHttps ? new TlsPlan() : null,
        };
    }

    private static bool IsHost(string name) => name.Equals("Host", StringComparison.OrdinalIgnoreCase);
}
