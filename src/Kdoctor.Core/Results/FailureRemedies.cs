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
        FailureCause.TimedOut => OfTimeout(failure.Stage),
        FailureCause.Reset or FailureCause.Closed => OfEnd(failure),
        FailureCause.BadAnswer => OfBadAnswer(failure.Stage),
        FailureCause.LocalResource => "the agent's machine has no port, descriptor or memory left: lower qps or the number of targets, and read the agent's log",
        FailureCause.WrongAgent => "an address was given to another pod, a rule leads elsewhere, or something answers in the agent's place",
        FailureCause.WrongNonce => "the answer belongs to another request: look for a cache or a proxy that mixes answers up",
        FailureCause.Refused when failure.Stage == FailureStage.FirstByte => "an HTTP/2 server that is overloaded or shutting down gave the request back: look at its log",
        FailureCause.Refused => "nothing listens there: check the address, the port and the application behind it",
        FailureCause.Unreachable => "the network has no way there: check routes and network policies",
        FailureCause.WrongStatus => "a redirect, or an ingress's 404 for a host or path without a rule, is an answer like others: check host, path and expect.statusCode",
        FailureCause.CertificateUntrusted => "check that ca.crt of the Secret is the authority that signed the server's certificate, and that the server sends its whole chain",
        FailureCause.CertificateExpired => "renew the server's certificate, or correct the clock of whoever is wrong",
        FailureCause.CertificateWrongName => "ask for a name that the certificate is for, or add this one to the certificate",
        FailureCause.TlsAlert => "the server ended TLS: it may refuse the client certificate that was sent, or speak no version of TLS from 1.2 on",
        FailureCause.ClientCertificateMissing => "the server asked for a client certificate and ended the connection when there was none: name one (tls.crt and tls.key of the Secret)",
        FailureCause.WrongProtocol => "the server does not speak HTTP/2: leave http2 out",
        FailureCause.WrongReplyCode => "NXDOMAIN: check request.domain; SERVFAIL: the server could not find out, look at its log and its upstream servers; REFUSED: it does not serve this client",
        FailureCause.EmptyAnswer => "the name is there and has no address of the type asked for: check request.domain and request.recordType",
        FailureCause.Truncated => "the answer does not fit into a datagram: ask with protocol: tcp, or give the name fewer addresses",
        FailureCause.AddressNotAllowed => "nothing was sent there: name another host, or ask whoever installed kdoctor to change targets.allow or targets.deny",
        FailureCause.NoSuchName => "the agent's resolver knows no such name: check the name, where the task or the status of the Service or Ingress has it, and the DNS of the agent's node",
        _ => null,
    };

    private static string? OfTimeout(FailureStage stage) => stage switch
    {
        FailureStage.Resolve => "the resolver did not answer: check the node's /etc/resolv.conf, the DNS service, and UDP port 53 between them",
        FailureStage.Connect => "packets are dropped: check network policies, firewalls, routes and security groups",
        FailureStage.Handshake => "the server is busy, or large packets are lost: check its load and the MTU",
        FailureStage.Send => "the server accepts and does not read: look at it",
        FailureStage.FirstByte => "whoever answers is slow or stuck, packets are lost, or perRequestTimeoutInMS is too small: look at its log, and at the MTU where only large answers fail",
        FailureStage.Body => "a large answer, a slow server, or lost packets: look at the MTU where only large answers fail",
        _ => null,
    };

    private static string? OfEnd(Failure failure) => failure.Stage switch
    {
        FailureStage.Connect => "look for a proxy or load balancer without a backend, or an overfull connection table",
        FailureStage.Handshake => "the server, or a proxy without a backend for this host, ended the connection, or the port does not speak TLS: look at its log",
        FailureStage.Send => "look at the server's log, and at devices in between that end connections",
        FailureStage.FirstByte when failure.Cause == FailureCause.Reset => "the application crashed or was stopped, a proxy lost its backend, or the port wants TLS: https://, or protocol: tcp-tls",
        FailureStage.FirstByte => "the application crashed or was stopped, a proxy lost its backend, or the port speaks another protocol, TLS perhaps",
        FailureStage.Body when failure.Cause == FailureCause.Reset => "the application crashed while it answered: look at its log",
        FailureStage.Body => "the application crashed while it answered, or announces a wrong Content-Length: look at its log",
        _ => null,
    };

    private static string? OfBadAnswer(FailureStage stage) => stage switch
    {
        FailureStage.Resolve => "the resolver cannot answer: look at the DNS server that the node uses, and at its upstream servers",
        FailureStage.Handshake => "what came is not TLS: the port speaks plain text or another protocol; correct the port, or ask without TLS, with http:// or protocol: tcp",
        FailureStage.Body => "the port speaks another protocol, or the server has a defect",
        FailureStage.Verify => "bytes follow the end of the answer: the server announces a wrong length",
        _ => null,
    };
}
