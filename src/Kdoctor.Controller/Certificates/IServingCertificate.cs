using System.Security.Cryptography.X509Certificates;

namespace Kdoctor.Controller.Certificates;

/// <summary>What a TLS port presents, as it is now: asked at every handshake.</summary>
public interface IServingCertificate
{
    /// <summary>The certificate with its key; null while there is none, and then no handshake succeeds.</summary>
    X509Certificate2? Current { get; }

    /// <summary>The certificates of the authorities that callers should trust, PEM; empty while there are none.</summary>
    string Trust { get; }
}

/// <summary>A certificate that stays the same.</summary>
/// <param name="server">The certificate with its key.</param>
/// <param name="authority">The one that signed it; itself when it signed itself.</param>
public sealed class FixedCertificate(X509Certificate2 server, X509Certificate2 authority) : IServingCertificate
{
    /// <inheritdoc/>
    public X509Certificate2? Current => server;

    /// <inheritdoc/>
    public string Trust { get; } = authority?.ExportCertificatePem() ?? throw new ArgumentNullException(nameof(authority));
}
