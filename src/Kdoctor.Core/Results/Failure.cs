namespace Kdoctor.Core.Results;

/// <summary>How far a request came before it failed, in the order of a request's life.</summary>
public enum FailureStage
{
    /// <summary>The target's name was being resolved.</summary>
    Resolve = 1,

    /// <summary>The connection was being opened.</summary>
    Connect = 2,

    /// <summary>TLS was being negotiated.</summary>
    Handshake = 3,

    /// <summary>The request was being written.</summary>
    Send = 4,

    /// <summary>The request was written; no byte of the answer had come.</summary>
    FirstByte = 5,

    /// <summary>The answer had begun and was not complete.</summary>
    Body = 6,

    /// <summary>The answer was complete and was not the expected one.</summary>
    Verify = 7,
}

/// <summary>What went wrong at a <see cref="FailureStage"/>.</summary>
public enum FailureCause
{
    /// <summary>
    /// The peer answered a connection attempt with a reset: nothing listens there (RFC 9293 section 3.5.2); or it said of an HTTP/2 request that
    /// it did not process it (RFC 9113 section 8.7).
    /// </summary>
    Refused = 1,

    /// <summary>The peer reset an open connection, or the request's stream on it (RFC 9113 section 5.4.2).</summary>
    Reset = 2,

    /// <summary>The peer closed the connection before the answer was complete.</summary>
    Closed = 3,

    /// <summary>The network said that the address cannot be reached (ICMP unreachable, or no route).</summary>
    Unreachable = 4,

    /// <summary>The task's request timeout passed: nothing, or not all, came back.</summary>
    TimedOut = 5,

    /// <summary>The answer broke the protocol.</summary>
    BadAnswer = 6,

    /// <summary>The answer's status code was not an expected one.</summary>
    WrongStatus = 7,

    /// <summary>An echo answered in the name of an agent that is not behind the target.</summary>
    WrongAgent = 8,

    /// <summary>An echo answered without the request's nonce: a cache or a mixed-up connection.</summary>
    WrongNonce = 9,

    /// <summary>This machine lacked something (ports, file descriptors, memory): the agent's own fault.</summary>
    LocalResource = 10,

    /// <summary>No authority that the task names vouches for the peer's certificate (RFC 5280 section 6).</summary>
    CertificateUntrusted = 20,

    /// <summary>A certificate of the peer's chain is not valid now: it has expired, or is not valid yet.</summary>
    CertificateExpired = 21,

    /// <summary>The peer's certificate is for another name or address than the one asked (RFC 9525).</summary>
    CertificateWrongName = 22,

    /// <summary>The peer ended TLS with an alert, for example because it speaks no common version (RFC 8446 section 6).</summary>
    TlsAlert = 23,

    /// <summary>The peer did not agree to the application protocol asked for (ALPN, RFC 7301): HTTP/2 was wanted and is not spoken there.</summary>
    WrongProtocol = 24,

    /// <summary>
    /// The peer asked for a client certificate, was given none because the task names none, and ended the connection, with an alert or without a word
    /// (RFC 8446 sections 4.4.2.4 and 6.2): its answer to anything had not begun.
    /// </summary>
    ClientCertificateMissing = 25,

    /// <summary>A DNS answer's reply code was not the expected one, for example SERVFAIL.</summary>
    WrongReplyCode = 30,

    /// <summary>A DNS answer held no record of the type and name asked for.</summary>
    EmptyAnswer = 31,

    /// <summary>A DNS answer did not fit and was cut by the server (TC); it is not asked for again over TCP.</summary>
    Truncated = 32,

    /// <summary>The name leads to no address: there is no such name, or it has none of the family asked for.</summary>
    NoSuchName = 33,

    /// <summary>The target's address, or the one that its name led to, is one that whoever installed kdoctor does not let targets have: nothing was sent there.</summary>
    AddressNotAllowed = 40,
}

/// <summary>A request's failure: a closed vocabulary of stage and cause.</summary>
/// <param name="Stage">How far the request came.</param>
/// <param name="Cause">What went wrong there.</param>
public readonly record struct Failure(FailureStage Stage, FailureCause Cause)
{
    /// <summary>The failure in plain words, for example <c>connect: refused</c>; the same words in every output.</summary>
    public override string ToString() => $"{FailureWords.Of(Stage)}: {FailureWords.Of(Cause)}";
}
