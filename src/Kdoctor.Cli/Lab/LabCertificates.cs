using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kdoctor.Controller.Serving;

namespace Kdoctor.Cli.Lab;

/// <summary>
/// The lab's own certificate authority and server certificate (ECDSA P-256). Kept in the data folder, readable by its owner only, so that a
/// kubeconfig stays good across restarts; the server certificate is renewed at a start in its last 30 days or when the addresses changed.
/// </summary>
internal sealed class LabCertificates : IDisposable
{
    private static readonly TimeSpan AuthorityLife = TimeSpan.FromDays(3650);
    private static readonly TimeSpan ServerLife = TimeSpan.FromDays(365);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    private LabCertificates(X509Certificate2 authority, X509Certificate2 server)
    {
        Authority = authority;
        Server = server;
    }

    /// <summary>The authority, with its key.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>The certificate of every TLS listener of the lab, with its key.</summary>
    public X509Certificate2 Server { get; }

    /// <summary>The authority's pin: <c>sha256:</c> and the hex of the hash of its SubjectPublicKeyInfo (RFC 7469 section 2.4, in hex).</summary>
    public string Pin => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Authority.PublicKey.ExportSubjectPublicKeyInfo()));

    /// <summary>Reads the certificates of a data folder, or makes them.</summary>
    public static LabCertificates Open(LabFolder folder, IReadOnlyCollection<IPAddress> addresses, TimeProvider time)
    {
        var now = time.GetUtcNow();
        var authority = Read(folder.Path("ca.pem")) ?? Write(folder.Path("ca.pem"), NewAuthority(now));
        var server = Read(folder.Path("server.pem"));
        if (server is null || server.NotAfter.ToUniversalTime() < (now + RenewBefore).UtcDateTime || !Covers(server, addresses))
        {
            server?.Dispose();
            server = Write(folder.Path("server.pem"), NewServer(authority, addresses, now));
        }
        return new LabCertificates(authority, server);
    }

    public void Dispose()
    {
        Authority.Dispose();
        Server.Dispose();
    }

    private static X509Certificate2 NewAuthority(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kdoctor lab CA", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        // An hour back, for clients whose clock is behind.
        return request.CreateSelfSigned(now.AddHours(-1), now + AuthorityLife);
    }

    private static X509Certificate2 NewServer(X509Certificate2 authority, IReadOnlyCollection<IPAddress> addresses, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kdoctor lab", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        foreach (var address in addresses)
            names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "serverAuth")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        using var signed = request.Create(authority, now.AddHours(-1), now + ServerLife, RandomNumberGenerator.GetBytes(16));
        return signed.CopyWithPrivateKey(key);
    }

    private static bool Covers(X509Certificate2 server, IEnumerable<IPAddress> addresses) => server.Extensions
        .OfType<X509SubjectAlternativeNameExtension>()
        .SelectMany(names => names.EnumerateIPAddresses())
        .ToHashSet()
        .IsSupersetOf(addresses);

    private static X509Certificate2? Read(string path) => File.Exists(path) ? X509Certificate2.CreateFromPemFile(path, path) : null;

    private static X509Certificate2 Write(string path, X509Certificate2 certificate)
    {
        using (certificate)
        {
            PrivateFile.Write(path, $"{certificate.ExportCertificatePem()}\n{certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()}\n");
            return X509Certificate2.CreateFromPemFile(path, path);
        }
    }
}
