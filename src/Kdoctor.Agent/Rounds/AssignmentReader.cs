using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;
using Kdoctor.Core.Addresses;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Protocol;
using Kdoctor.Probing.Dns;
using Kdoctor.Probing.Http;
using Kdoctor.Probing.Load;

namespace Kdoctor.Agent.Rounds;

/// <summary>An assignment from the wire as a load that can be run.</summary>
/// <param name="sources">The addresses to send from, one per family at most; a family without one is left to the kernel.</param>
internal sealed class AssignmentReader(ImmutableArray<IPAddress> sources)
{
    /// <summary>The most targets of one assignment.</summary>
    public const int MaxTargets = 51_200;

    /// <exception cref="FormatException">This version cannot run the assignment; the message says why.</exception>
    public LoadAssignment Read(Assignment assignment)
    {
        if (assignment.Targets.Count > MaxTargets)
            throw new FormatException($"{assignment.Targets.Count} targets are more than {MaxTargets}");
        var mesh = assignment.MeshAgentIds.ToFrozenSet(StringComparer.Ordinal);
        var rule = new AddressRule { Allow = [.. assignment.AllowedAddresses], Deny = [.. assignment.DeniedAddresses] };
        if (rule.Problems().FirstOrDefault() is { } problem)
            throw new FormatException(problem);
        return new LoadAssignment
        {
            StartIn = TimeSpan.FromMilliseconds(assignment.StartInMs),
            Load = new LoadPlan(
                assignment.RequestsPerSecond,
                TimeSpan.FromMilliseconds(assignment.DurationMs),
                TimeSpan.FromMilliseconds(assignment.RequestTimeoutMs)),
            Phase = assignment.Phase,
            Targets = [.. assignment.Targets.OrderBy(target => target.Index).Select(target => new LoadTarget(target.Index, Probe(target, mesh) with { Addresses = RuleOf(target, rule) }))],
        };
    }

    // The mesh's addresses are the agents' own, told by the controller and by no task; and an echo must know the request's nonce.
    private static AddressRule? RuleOf(TargetMessage target, AddressRule rule) => target.Http is { Echo: true } ? null : rule;

    private ProbePlan Probe(TargetMessage target, FrozenSet<string> mesh) => target.ProbeCase switch
    {
        TargetMessage.ProbeOneofCase.Http => Http(target, mesh),
        TargetMessage.ProbeOneofCase.Dns => Dns(target),
        _ => throw new FormatException($"target {target.Index} asks for a probe that this version of the agent does not know"),
    };

    private HttpProbePlan Http(TargetMessage target, FrozenSet<string> mesh) => new()
    {
        Host = target.Host,
        Port = target.Port,
        Family = FamilyOf(target),
        SourceIp = SourceOf(target),
        Request = new HttpRequestPlan
        {
            Method = target.Http.Method,
            RequestTarget = target.Http.RequestTarget,
            HostHeader = target.Http.HostHeader,
            Headers = [.. target.Http.Headers],
            ExpectedStatus = target.Http.ExpectedStatus == 0 ? null : target.Http.ExpectedStatus,
            Echo = target.Http.Echo,
            KeepAlive = target.Http.KeepAlive,
            Http2 = target.Http.Http2,
            Tls = target.Http.Tls is { } tls ? TlsOf(tls) : null,
        },
        Body = target.Http.Body.Memory,
        ExpectedAgentIds = target.Http.ExpectedAgentId.Length > 0 ? FrozenSet.Create(StringComparer.Ordinal, target.Http.ExpectedAgentId) : mesh,
    };

    private DnsProbePlan Dns(TargetMessage target)
    {
        var (type, transport) = ((DnsRecordType)target.Dns.RecordType, (DnsTransport)target.Dns.Transport);
        if (!Enum.IsDefined(type) || !Enum.IsDefined(transport))
            throw new FormatException($"target {target.Index} asks for record type {target.Dns.RecordType} over transport {target.Dns.Transport}, which this version of the agent does not know");
        return new DnsProbePlan
        {
            Host = target.Host,
            Port = target.Port,
            Family = FamilyOf(target),
            SourceIp = SourceOf(target),
            Request = new DnsRequestPlan { Domain = target.Dns.Domain, Type = type, Transport = transport, ExpectedReplyCode = target.Dns.ExpectedReplyCode },
        };
    }

    private static IpFamily? FamilyOf(TargetMessage target) => target.IpFamily switch
    {
        0 => null,
        4 => IpFamily.IPv4,
        6 => IpFamily.IPv6,
        var other => throw new FormatException($"target {target.Index} is of the IP family {other}, which this version of the agent does not know"),
    };

    private static TlsPlan TlsOf(TlsSettings settings) => new()
    {
        AuthoritiesPem = settings.AuthoritiesPem.Memory,
        CertificatePem = settings.CertificatePem.Memory,
        KeyPem = settings.KeyPem.Memory,
        ServerName = settings.ServerName.Length > 0 ? settings.ServerName : null,
    };

    private string? SourceOf(TargetMessage target) => target.SourceIp.Length > 0 ? target.SourceIp
        : IPAddress.TryParse(target.Host, out var address) ? sources.FirstOrDefault(source => source.AddressFamily == address.AddressFamily)?.ToString() : null;
}
