namespace Kdoctor.Core.Results;

/// <summary>The one spelling of every stage and cause, used by reports, screens and metrics alike.</summary>
public static class FailureWords
{
    /// <summary>The stage in plain words.</summary>
    public static string Of(FailureStage stage) => stage switch
    {
        FailureStage.Resolve => "resolve",
        FailureStage.Connect => "connect",
        FailureStage.Handshake => "handshake",
        FailureStage.Send => "send",
        FailureStage.FirstByte => "first byte",
        FailureStage.Body => "body",
        FailureStage.Verify => "verify",
        _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, "not a stage of this version"),
    };

    /// <summary>The cause in plain words.</summary>
    public static string Of(FailureCause cause) => cause switch
    {
        FailureCause.Refused => "refused",
        FailureCause.Reset => "reset",
        FailureCause.Closed => "closed early",
        FailureCause.Unreachable => "unreachable",
        FailureCause.TimedOut => "timed out",
        FailureCause.BadAnswer => "bad answer",
        FailureCause.WrongStatus => "wrong status",
        FailureCause.WrongAgent => "wrong agent",
        FailureCause.WrongNonce => "wrong nonce",
        FailureCause.LocalResource => "local resource",
        FailureCause.CertificateUntrusted => "certificate untrusted",
        FailureCause.CertificateExpired => "certificate expired",
        FailureCause.CertificateWrongName => "certificate for another name",
        FailureCause.TlsAlert => "TLS alert",
        FailureCause.WrongProtocol => "wrong protocol",
        FailureCause.ClientCertificateMissing => "client certificate missing",
        FailureCause.WrongReplyCode => "wrong reply code",
        FailureCause.EmptyAnswer => "empty answer",
        FailureCause.Truncated => "truncated",
        FailureCause.NoSuchName => "no such name",
        FailureCause.AddressNotAllowed => "address not allowed",
        _ => throw new ArgumentOutOfRangeException(nameof(cause), cause, "not a cause of this version"),
    };
}
