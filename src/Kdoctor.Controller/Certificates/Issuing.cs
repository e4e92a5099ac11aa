using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kdoctor.Controller.Certificates;

/// <summary>Makes certificates: ECDSA over P-256, which every client of the last decade knows.</summary>
internal static class Issuing
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>An authority that signs itself, with its key.</summary>
    public static X509Certificate2 Authority(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        // The serial in the name: two authorities in one bundle must not have the same name, for some clients look no further.
        var name = $"CN=kdoctor controller CA {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var made = request.CreateSelfSigned(now - CertificateLives.Skew, now + CertificateLives.Authority);
        return Loaded(made);
    }

    /// <summary>A serving certificate with its key; never good for longer than its authority.</summary>
    public static X509Certificate2 Serving(X509Certificate2 authority, ServingNames names, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={names.Hosts[0]}", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var host in names.Hosts)
            alternatives.AddDnsName(host);
        foreach (var address in names.Addresses)
            alternatives.AddIpAddress(address);
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        var from = Later(now - CertificateLives.Skew, authority.NotBefore);
        var until = Earlier(now + CertificateLives.Serving, authority.NotAfter);
        using var signed = request.Create(authority, from, until, RandomNumberGenerator.GetBytes(16));
        using var withKey = signed.CopyWithPrivateKey(key);
        return Loaded(withKey);
    }

    // A certificate whose key is only in memory cannot serve TLS on every platform.
    private static X509Certificate2 Loaded(X509Certificate2 made) => X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
