using System.Text.Json.Serialization;

namespace Kdoctor.Core.Planning;

/// <summary>
/// What a probe asks of TLS 1.2 or later. Certificates and key are held in memory only and never written anywhere: a plan that is stored is stored without
/// them, and with <see cref="From"/>, where they are to be read again.
/// </summary>
public sealed record TlsPlan
{
    /// <summary>The Secret that the rest comes from; null where there is none, and then the server is not verified.</summary>
    public ObjectReference? From { get; init; }

    /// <summary>
    /// Certificates of the authorities that may vouch for the peer, one or more in PEM; empty: the peer is not verified at all, which the user
    /// of an AppHttpHealthy asks for by giving no <c>ca.crt</c>. An intermediate given here counts as a root does.
    /// </summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> AuthoritiesPem { get; init; }

    /// <summary>The client's certificate and the rest of its chain, in PEM; empty for none.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> CertificatePem { get; init; }

    /// <summary>The client certificate's private key, in PEM and not encrypted; empty for none.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> KeyPem { get; init; }

    /// <summary>The name or address that the peer's certificate must be for, and that is sent as SNI (RFC 6066 section 3) if it is a name; null for the target's host.</summary>
    public string? ServerName { get; init; }

    /// <summary>Whether the peer is verified.</summary>
    [JsonIgnore]
    public bool Verifies => !AuthoritiesPem.IsEmpty;
}
