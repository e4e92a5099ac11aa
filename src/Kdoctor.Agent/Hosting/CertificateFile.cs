using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kdoctor.Agent.Hosting;

/// <summary>Certificates from files that a command line names.</summary>
internal static class CertificateFile
{
    /// <summary>The first certificate of a file.</summary>
    /// <param name="option">The option that names the file, for the message.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="CryptographicException">The file holds none.</exception>
    /// <exception cref="IOException">The file cannot be read; nor with <see cref="UnauthorizedAccessException"/>.</exception>
    public static X509Certificate2 Read(string option, string path)
    {
        var bytes = File.ReadAllBytes(path);
        try
        {
            return X509CertificateLoader.LoadCertificate(bytes);
        }
        catch (CryptographicException unreadable)
        {
            throw new CryptographicException($"{option} {path}: holds no certificate in PEM", unreadable);
        }
    }

    /// <summary>A certificate with its key, in the form that the platform's streams take on every system: PKCS #12.</summary>
    /// <param name="certificate">The file of <c>--tls-cert</c>.</param>
    /// <param name="key">The file of <c>--tls-key</c>.</param>
    /// <exception cref="CryptographicException">They are no pair in PEM.</exception>
    public static X509Certificate2 ReadPair(string certificate, string key)
    {
        try
        {
            using var read = X509Certificate2.CreateFromPemFile(certificate, key);
            return X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null);
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or ArgumentException)
        {
            throw new CryptographicException($"--tls-cert {certificate} and --tls-key {key}: are no certificate with its key in PEM: {unreadable.Message}", unreadable);
        }
    }
}
