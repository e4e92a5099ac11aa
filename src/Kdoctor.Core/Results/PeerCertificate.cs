namespace Kdoctor.Core.Results;

/// <summary>A certificate that a server showed while nobody verified it.</summary>
/// <param name="NotBefore">From when it is valid.</param>
/// <param name="NotAfter">Until when, this second included (RFC 5280 section 4.1.2.5).</param>
/// <param name="Names">Whom it is for, in words; at most <see cref="MaxNamesLength"/> characters.</param>
/// <param name="ForAskedName">Whether it is for the name that was asked for; null where an address was asked.</param>
/// <param name="Connections">How many connections it was shown on.</param>
public sealed record PeerCertificate(DateTimeOffset NotBefore, DateTimeOffset NotAfter, string Names, bool? ForAskedName, long Connections)
{
    /// <summary>The most characters of <see cref="Names"/>; what is beyond is cut off.</summary>
    public const int MaxNamesLength = 200;

    /// <summary>What a client that verifies would not take, whoever it trusts; empty where there is nothing.</summary>
    /// <param name="at">When it was shown.</param>
    /// <param name="asked">The name that was asked for.</param>
    public IEnumerable<(FailureCause Cause, string Words)> Doubts(DateTimeOffset at, string asked)
    {
        if (at > NotAfter)
            yield return (FailureCause.CertificateExpired, FormattableString.Invariant($"it was valid until {NotAfter.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z"));
        else if (at < NotBefore)
            yield return (FailureCause.CertificateExpired, FormattableString.Invariant($"it is not valid before {NotBefore.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z"));
        if (ForAskedName == false)
            yield return (FailureCause.CertificateWrongName, $"{asked} was asked for, and it is for {Names}");
    }
}
