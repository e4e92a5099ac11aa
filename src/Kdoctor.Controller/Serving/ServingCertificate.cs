using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kdoctor.Controller.Listening;

namespace Kdoctor.Controller.Serving;

/// <summary>
/// A certificate that signs itself, for a controller that was given none (ECDSA P-256). Its key is kept in the data folder, so that its pin
/// stays the same; the certificate is made anew at each start, for the addresses that the machine then has.
/// </summary>
internal static class ServingCertificate
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(365);

    public static X509Certificate2 Open(string folder, IPAddress listen, TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var path = Path.Combine(folder, "agents.key");
        if (File.Exists(path))
            key.ImportFromPem(File.ReadAllText(path));
        else
            PrivateFile.Write(path, key.ExportPkcs8PrivateKeyPem() + "\n");
        var request = new CertificateRequest("CN=kdoctor controller", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "serverAuth")], false));
        request.CertificateExtensions.Add(Names(listen));
        var now = time.GetUtcNow();

        // An hour back, for agents whose clock is behind.
        using var made = request.CreateSelfSigned(now.AddHours(-1), now + Life);
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    private static X509Extension Names(IPAddress listen)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName(Environment.MachineName);
        foreach (var address in ListenAddresses.Of(listen))
            names.AddIpAddress(address);
        return names.Build();
    }
}
