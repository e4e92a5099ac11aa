using Kdoctor.Core.Results;

namespace Kdoctor.Probing.Tls;

/// <summary>What broke a TLS connection.</summary>
/// <param name="Cause">The cause.</param>
/// <param name="Text">More words, as OpenSSL and the standards put it.</param>
/// <param name="OfHandshake">
/// Whether it is a verdict on the handshake whenever it comes: a TLS 1.3 server refuses a client's certificate after the client has finished its
/// part (RFC 8446 section 4.4.2.4), so that the same refusal would else change its stage with the protocol's version.
/// </param>
internal sealed record TlsFault(FailureCause Cause, string Text, bool OfHandshake)
{
    private const int AlertOffset = 1000;
    private const int ReasonVerifyFailed = 134;

    /// <summary>A peer that asked for a client certificate, was given none and ended the connection without a word.</summary>
    internal static TlsFault Refusal { get; } =
        new(FailureCause.ClientCertificateMissing, "the peer asked for a client certificate, was given none and ended the connection", true);

    /// <summary>The same where the peer had asked for a client certificate that there is none of: an alert about the handshake is about that.</summary>
    internal TlsFault Refusing() =>
        this is { Cause: FailureCause.TlsAlert, OfHandshake: true } ? this with { Cause = FailureCause.ClientCertificateMissing } : this;

    /// <summary>The failure, for a connection that had come to <paramref name="now"/>.</summary>
    internal Failure At(FailureStage now) => new(OfHandshake ? FailureStage.Handshake : now, Cause);

    /// <summary>Reads an error of the library SSL (err.h, sslerr.h).</summary>
    /// <param name="reason">The reason's number.</param>
    /// <param name="text">The reason in the library's words.</param>
    /// <param name="verifyResult">The outcome of the chain's verification (x509_vfy.h).</param>
    /// <param name="verifyText">That in the library's words.</param>
    /// <param name="name">The name that the certificate had to be for.</param>
    internal static TlsFault Of(int reason, string text, long verifyResult, string verifyText, string name) => reason switch
    {
        ReasonVerifyFailed => new TlsFault(CertificateCause(verifyResult), CertificateText(verifyResult, verifyText, name), true),
        >= AlertOffset and < AlertOffset + 256 => OfAlert(reason - AlertOffset),
        _ => new TlsFault(FailureCause.BadAnswer, text.Length == 0 ? "the peer broke TLS" : $"TLS: {text}", false),
    };

    private static FailureCause CertificateCause(long result) => result switch
    {
        9 or 10 => FailureCause.CertificateExpired,
        62 or 64 => FailureCause.CertificateWrongName,
        _ => FailureCause.CertificateUntrusted,
    };

    private static TlsFault OfAlert(int alert) => new(AlertCause(alert), $"the peer sent the alert {AlertWords(alert)}", IsOfHandshake(alert));

    // no_application_protocol, RFC 7301 section 3.2
    private static FailureCause AlertCause(int alert) => alert == 120 ? FailureCause.WrongProtocol : FailureCause.TlsAlert;

    private static string CertificateText(long result, string text, string name) =>
        CertificateCause(result) == FailureCause.CertificateWrongName ? $"the certificate is not for {name}" : text;

    // The alerts that answer a handshake's contents (RFC 8446 section 6.2; RFC 5246 section 7.2.2).
    private static bool IsOfHandshake(int alert) => alert is (>= 40 and <= 49) or 70 or 71 or 86 or 109 or (>= 112 and <= 116) or 120;

    private static string AlertWords(int alert) => alert switch
    {
        0 => "close_notify (0)",
        10 => "unexpected_message (10)",
        20 => "bad_record_mac (20)",
        22 => "record_overflow (22)",
        40 => "handshake_failure (40)",
        42 => "bad_certificate (42)",
        43 => "unsupported_certificate (43)",
        44 => "certificate_revoked (44)",
        45 => "certificate_expired (45)",
        46 => "certificate_unknown (46)",
        47 => "illegal_parameter (47)",
        48 => "unknown_ca (48)",
        49 => "access_denied (49)",
        50 => "decode_error (50)",
        51 => "decrypt_error (51)",
        70 => "protocol_version (70)",
        71 => "insufficient_security (71)",
        80 => "internal_error (80)",
        86 => "inappropriate_fallback (86)",
        90 => "user_canceled (90)",
        109 => "missing_extension (109)",
        110 => "unsupported_extension (110)",
        112 => "unrecognized_name (112)",
        116 => "certificate_required (116)",
        120 => "no_application_protocol (120)",
        _ => System.FormattableString.Invariant($"{alert}"),
    };
}
