using System.Collections.Immutable;

namespace Kdoctor.Core.Planning;

/// <summary>One concrete address on one channel, with the request to send there.</summary>
public sealed record Target
{
    /// <summary>Its place in the round's plan.</summary>
    public required int Index { get; init; }

    /// <summary>The name that reports give it, for example <c>AgentPodV4IP_agent-1_127.10.0.1</c>.</summary>
    public required string Name { get; init; }

    /// <summary>How it is reached.</summary>
    public required Channel Channel { get; init; }

    /// <summary>Over which family.</summary>
    public required IpFamily Family { get; init; }

    /// <summary>An address literal, or a name that each agent resolves once per round.</summary>
    public required string Host { get; init; }

    /// <summary>1..65535.</summary>
    public required int Port { get; init; }

    /// <summary>The URL as reports show it; for DNS the server and its port.</summary>
    public required string Url { get; init; }

    /// <summary>The agent that must answer; null when any agent of the mesh may, or none.</summary>
    public string? DestinationAgentId { get; init; }

    /// <summary>The node that the target belongs to; null for addresses of the whole cluster.</summary>
    public string? DestinationNode { get; init; }

    /// <summary>What is asked there.</summary>
    public required RequestPlan Request { get; init; }
}

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
}
