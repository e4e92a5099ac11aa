using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Kdoctor.Controller.Certificates;

/// <summary>All that the Secret holds: the authorities that are made known, newest first, each with its key, and the serving certificate with its key.</summary>
internal sealed record CertificateSet(ImmutableArray<X509Certificate2> Authorities, X509Certificate2 Serving)
{
    private const string AuthorityCertificates = "ca.crt";
    private const string AuthorityKeys = "ca.key";
    private const string ServingCertificate = "tls.crt";
    private const string ServingKey = "tls.key";

    // An authority and its successor; more are not made, and not read.
    private const int MaxAuthorities = 4;

    /// <summary>The certificates of all authorities, PEM, one after another: what clients must trust.</summary>
    public string Trust { get; } = string.Concat(Authorities.Select(authority => authority.ExportCertificatePem() + "\n"));

    /// <summary>The authority that signed the serving certificate; null when it is not among them.</summary>
    public X509Certificate2? Signer { get; } = Authorities.FirstOrDefault(authority => IsSignedBy(Serving, authority));

    /// <summary>Reads a Secret's data.</summary>
    /// <returns>Null when anything is missing or damaged, or does not fit together.</returns>
    public static CertificateSet? Read(JsonObject secret)
    {
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(Text(secret, AuthorityCertificates));
            var keys = Keys(Text(secret, AuthorityKeys)).ToList();
            if (certificates.Count is 0 or > MaxAuthorities || certificates.Count != keys.Count)
                return null;
            var authorities = certificates.Select((authority, index) => WithKey(authority.ExportCertificatePem(), keys[index])).ToImmutableArray();
            var set = new CertificateSet(authorities, WithKey(Text(secret, ServingCertificate), Text(secret, ServingKey)));
            return set.Signer is null ? null : set;
        }
        catch (Exception damaged) when (damaged is CryptographicException or FormatException or ArgumentException or InvalidOperationException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>The same as a Secret's data.</summary>
    public JsonObject ToData() => new()
    {
        [AuthorityCertificates] = Encoded(Trust),
        [AuthorityKeys] = Encoded(string.Concat(Authorities.Select(KeyOf))),
        [ServingCertificate] = Encoded(Serving.ExportCertificatePem() + "\n"),
        [ServingKey] = Encoded(KeyOf(Serving)),
    };

    private static bool IsSignedBy(X509Certificate2 certificate, X509Certificate2 authority)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        return chain.Build(certificate);
    }

    private static X509Certificate2 WithKey(string certificate, string key)
    {
        using var read = X509Certificate2.CreateFromPem(certificate, key);
        return X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    private static string KeyOf(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey() ?? throw new InvalidOperationException("a certificate has no ECDSA key");
        return key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    private static IEnumerable<string> Keys(string text)
    {
        while (PemEncoding.TryFind(text, out var found))
        {
            yield return text[found.Location];
            text = text[found.Location.End..];
        }
    }

    private static string Text(JsonObject secret, string field) =>
        Encoding.UTF8.GetString(Convert.FromBase64String(secret["data"]?[field]?.GetValue<string>() ?? throw new FormatException($"{field} is missing")));

    private static string Encoded(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
