using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

namespace Kdoctor.Controller.Certificates;

/// <summary>
/// What must become of the certificates, as a function of what they are, the names wanted and the clock:
/// 1. Authorities that have ended are left out, and those that sign nothing any more, once nobody can be served by what they signed.
/// 2. Where none is left, or the newest ends within a year, there is a new one in front.
/// 3. The newest that everybody has had time to learn of signs; the first of all signs at once, for nobody trusts anything yet.
/// 4. The serving certificate is replaced when it ends soon, lacks a name, or was signed by another.
/// Clients therefore never meet a certificate whose authority they were not told of a day before.
/// </summary>
internal static class CertificatePlan
{
    /// <summary>The certificates to be kept from now on; null when those that there are may stay.</summary>
    /// <param name="current">What there is; null for nothing.</param>
    /// <param name="names">What the serving certificate must be good for.</param>
    /// <param name="now">The time.</param>
    public static CertificateSet? Next(CertificateSet? current, ServingNames names, DateTimeOffset now)
    {
        // 1. and 2.
        var authorities = current is null ? [] : Kept(current, now);
        if (authorities.IsEmpty || End(authorities[0]) < now + CertificateLives.AuthorityRenewal)
            authorities = authorities.Insert(0, Issuing.Authority(now));

        // 3.
        var signer = authorities.FirstOrDefault(authority => Made(authority) + CertificateLives.Overlap <= now) ?? authorities[^1];

        // 4.
        var stays = current is not null && Same(current.Signer, signer) && !EndsSoon(current.Serving, signer, now) && names.AreCoveredBy(current.Serving);
        if (stays && authorities.SequenceEqual(current!.Authorities))
            return null;
        return new CertificateSet(authorities, stays ? current!.Serving : Issuing.Serving(signer, names, now));
    }

    private static ImmutableArray<X509Certificate2> Kept(CertificateSet current, DateTimeOffset now)
    {
        var replaced = Made(current.Serving) + CertificateLives.Overlap <= now;
        return
        [
            .. current.Authorities.Where((authority, index) => End(authority) > now
                && (index == 0 || Same(current.Signer, authority) || !replaced || index < IndexOf(current))),
        ];
    }

    // What is older than the signer signed what is served no more; what is newer waits for its turn.
    private static int IndexOf(CertificateSet current) => current.Authorities.IndexOf(current.Signer!);

    private static bool EndsSoon(X509Certificate2 serving, X509Certificate2 signer, DateTimeOffset now)
    {
        // One that was cut short by its authority's end cannot be bettered by the same authority.
        var cut = serving.NotAfter == signer.NotAfter;
        return End(serving) <= now || (!cut && End(serving) < now + CertificateLives.ServingRenewal);
    }

    private static DateTimeOffset End(X509Certificate2 certificate) => certificate.NotAfter;

    private static DateTimeOffset Made(X509Certificate2 certificate) => certificate.NotBefore + CertificateLives.Skew;

    private static bool Same(X509Certificate2? one, X509Certificate2? other) => one is not null && other is not null && one.Thumbprint == other.Thumbprint;
}
