using System.Collections.Frozen;

namespace Kdoctor.Core.Results;

/// <summary>What a person can look at or do about a failure, where its stage and cause tell; the evidence itself is in the samples.</summary>
public static class FailureRemedies
{
    private static readonly FrozenDictionary<string, Failure> Written = Enum.GetValues<FailureStage>()
        .SelectMany(stage => Enum.GetValues<FailureCause>().Select(cause => new Failure(stage, cause)))
        .ToFrozenDictionary(failure => failure.ToString(), StringComparer.Ordinal);

    /// <summary>The advice for a failure as reports spell it; null where there is none, and for what no version of this program says.</summary>
    public static string? Of(string failure) => Written.TryGetValue(failure, out var known) ? Of(known) : null;

    /// <summary>The advice, to be read after the failure; null where there is none that would be more than a guess.</summary>
    public static string? Of(Failure failure) => failure.Cause switch
    {
        FailureCause.Refused => "nothing listens there: check the address, the port and the application behind it",
        FailureCause.Unreachable => "the network has no way there: check routes and network policies",
        FailureCause.WrongStatus => "a redirect, or an ingress's 404 for a host or path without a rule, is an answer like others: check host, path and expect.statusCode",
        FailureCause.CertificateUntrusted => "check that ca.crt of the Secret is the authority that signed the server's certificate, and that the server sends its whole chain",
        FailureCause.CertificateExpired => "renew the server's certificate, or correct the clock of whoever is wrong",
        FailureCause.CertificateWrongName => "ask for a name that the certificate is for, or add this one to the certificate",
        FailureCause.TlsAlert => "the server ended TLS: it may demand a client certificate (tls.crt and tls.key of the Secret), or refuse the one that was sent",
        FailureCause.WrongProtocol => "the server does not speak HTTP/2: leave http2 out",
        FailureCause.WrongReplyCode => "NXDOMAIN: check request.domain; SERVFAIL: the server could not find out, look at its log and its upstream servers; REFUSED: it does not serve this client",
        FailureCause.EmptyAnswer => "the name is there and has no address of the type asked for: check request.domain and request.recordType",
        FailureCause.Truncated => "the answer does not fit into a datagram: ask with protocol: tcp, or give the name fewer addresses",
        FailureCause.AddressNotAllowed => "nothing was sent there: name another host, or ask whoever installed kdoctor to change targets.allow or targets.deny",
        FailureCause.NoSuchName => "the agent's resolver knows no such name: check the name, where the task or the status of the Service or Ingress has it, and the DNS of the agent's node",
        _ => null,
    };
}
