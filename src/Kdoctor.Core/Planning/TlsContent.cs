using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Kdoctor.Core.Planning;

/// <summary>
/// What TLS needs out of a Secret: <c>ca.crt</c> to verify the server with, <c>tls.crt</c> and <c>tls.key</c> to show who asks. Whatever is there must be
/// usable: a Secret that was meant to verify the server must never leave it unverified.
/// </summary>
internal static class TlsContent
{
    private const string Authorities = "ca.crt";
    private const string Certificate = "tls.crt";
    private const string Key = "tls.key";

    public static TlsPlan? Read(ObjectReference from, ObjectContent content, out string? problem)
    {
        problem = content.Problem;
        if (problem is not null)
            return null;
        var (hasAuthorities, authorities) = Find(content, Authorities);
        var (hasCertificate, certificate) = Find(content, Certificate);
        var (hasKey, key) = Find(content, Key);
        if (!hasAuthorities && !hasCertificate && !hasKey)
            problem = $"{from} has none of the keys {Authorities}, {Certificate} and {Key}; add {Authorities} to verify the server, {Certificate} and {Key} to authenticate";
        else if (hasCertificate != hasKey)
            problem = $"{from} has {(hasKey ? Key : Certificate)} without {(hasKey ? Certificate : Key)}; add it, or remove the other";
        else if (hasAuthorities && !HasCertificate(authorities))
            problem = $"{from} has the key {Authorities}, but no certificate in PEM in it, so that the server could not be verified; put the authority's certificate there";
        else if (hasCertificate)
            problem = PairProblem(from, certificate, key);
        return problem is null ? new TlsPlan { From = from, AuthoritiesPem = authorities, CertificatePem = certificate, KeyPem = key } : null;
    }

    private static (bool There, ReadOnlyMemory<byte> Value) Find(ObjectContent content, string key) =>
        content.Entries.TryGetValue(key, out var value) ? (true, value) : (false, default);

    private static string? PairProblem(ObjectReference from, ReadOnlyMemory<byte> certificate, ReadOnlyMemory<byte> key)
    {
        if (!HasCertificate(certificate))
            return $"{from} has the key {Certificate}, but no certificate in PEM in it; put the client's certificate there";
        return HasKey(key, out var encrypted)
            ? Belong(certificate, key) ? null : $"{from} has a {Key} that is not the key of its {Certificate}; put the two of one pair there"
            : $"{from} has the key {Key}, but {(encrypted ? "an encrypted" : "no")} private key in PEM in it; put the certificate's key there, not encrypted";
    }

    private static bool HasCertificate(ReadOnlyMemory<byte> pem)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(Text(pem));
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static bool HasKey(ReadOnlyMemory<byte> pem, out bool encrypted)
    {
        encrypted = false;
        var text = Text(pem);
        if (!PemEncoding.TryFind(text, out _))
            return false;
        encrypted = text.Contains("ENCRYPTED", StringComparison.Ordinal);
        return !encrypted && text.Contains("PRIVATE KEY-----", StringComparison.Ordinal);
    }

    // Keys of kinds that the platform cannot read, Ed25519 say, are left to the agent's TLS library to compare.
    private static bool Belong(ReadOnlyMemory<byte> certificate, ReadOnlyMemory<byte> key)
    {
        try
        {
            using var alone = X509Certificate2.CreateFromPem(Text(certificate));
            if (alone.PublicKey.Oid.Value is not (RsaKey or EllipticKey))
                return true;
            using var pair = X509Certificate2.CreateFromPem(Text(certificate), Text(key));
            return pair.HasPrivateKey;
        }
        catch (Exception mismatch) when (mismatch is CryptographicException or ArgumentException)
        {
            return false;
        }
    }

    // RFC 3279 sections 2.3.1 and 2.3.5.
    private const string RsaKey = "1.2.840.113549.1.1.1";
    private const string EllipticKey = "1.2.840.10045.2.1";

    private static string Text(ReadOnlyMemory<byte> pem) => Encoding.UTF8.GetString(pem.Span);
}
