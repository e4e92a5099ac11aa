using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Kdoctor.Agent.Apps;

/// <summary>How a test server shows itself in TLS, and whether it wants to know its clients.</summary>
/// <param name="Certificate">Its own, with its key.</param>
/// <param name="Clients">Who must vouch for clients; null when anybody may ask.</param>
public sealed record TlsIdentityOptions(X509Certificate2 Certificate, X509Certificate2? Clients = null)
{
    /// <summary>Which protocols the server agrees to by ALPN (RFC 7301), the dearest first; none: a client that asks for any is served all the same.</summary>
    internal IReadOnlyList<SslApplicationProtocol> Protocols { get; init; } = [];

    internal SslServerAuthenticationOptions ForStream()
    {
        var options = new SslServerAuthenticationOptions { ServerCertificate = Certificate, ApplicationProtocols = Protocols.Count == 0 ? null : [.. Protocols] };
        if (Clients is null)
            return options;
        options.ClientCertificateRequired = true;
        options.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { Clients },
        };
        return options;
    }
}
