using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kdoctor.Core.Results;

namespace Kdoctor.Probing.Tls;

/// <summary>Reads what a report says of a certificate (RFC 5280) that a stranger showed.</summary>
internal static class CertificateReader
{
    private const int NamesKept = 5;

    /// <summary>The certificate on its first connection; null where it cannot be read.</summary>
    /// <param name="der">All of it.</param>
    /// <param name="isForName">Whether it speaks of the name asked for; null where none was.</param>
    internal static PeerCertificate? Read(byte[] der, bool? isForName)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            return new PeerCertificate(
                new DateTimeOffset(certificate.NotBefore.ToUniversalTime()), new DateTimeOffset(certificate.NotAfter.ToUniversalTime()), NamesOf(certificate), isForName, 1);
        }
        catch (CryptographicException)
        {
            return null;
        }
        finally
        {
            // A date that is none leaves an error behind though nothing is thrown: the thread's next call would trip over it.
            OpenSsl.ClearErrors();
        }
    }

    private static string NamesOf(X509Certificate2 certificate)
    {
        var alternatives = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        List<string> names = alternatives is null ? [] : [.. alternatives.EnumerateDnsNames(), .. alternatives.EnumerateIPAddresses().Select(address => address.ToString())];
        if (names.Count == 0)
            names.Add(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false));
        var words = string.Join(", ", names.Take(NamesKept)) + (names.Count > NamesKept ? $" and {names.Count - NamesKept} more" : "");
        var printable = string.Create(Math.Min(words.Length, PeerCertificate.MaxNamesLength), words, static (span, text) =>
        {
            for (var place = 0; place < span.Length; place++)
                span[place] = text[place] is >= ' ' and <= '~' ? text[place] : '?';
        });
        return printable.Length == 0 ? "no name" : printable;
    }
}
