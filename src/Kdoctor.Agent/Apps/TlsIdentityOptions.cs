using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Kdoctor.Agent.Apps;

/// <summary>How a test server shows itself in TLS, and whether it wants to know its clients.</summary>
/// <param name="Certificate">Its own, with its key.</param>
/// <param name="Clients">Who must vouch for clients; null when anybody may ask.</param>
public sealed record TlsIdentityOptions(X509Certificate2 Certificate, X509Certificate2? Clients = null)
{
    internal SslServerAuthenticationOptions ForStream()
    {
        var options = new SslServerAuthenticationOptions { ServerCertificate = Certificate };
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
