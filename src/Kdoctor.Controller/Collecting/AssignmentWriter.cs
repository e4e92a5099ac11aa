using Google.Protobuf;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Protocol;

namespace Kdoctor.Controller.Collecting;

/// <summary>
/// The agents' parts of a plan, in the words of the protocol. All are told at once, and wait to be sent: so they share the messages of their targets, and the mesh's
/// square costs no more than a reference each. Whoever is given an assignment changes nothing in it. One caller at a time.
/// </summary>
internal sealed class AssignmentWriter(RoundPlan plan)
{
    // By index, each made when it is first asked for.
    private readonly TargetMessage?[] targets = new TargetMessage?[plan.Targets.Length];

    public Assignment Write(AgentPart part, DateTimeOffset now)
    {
        var assignment = new Assignment
        {
            RoundId = plan.Id.ToString(),
            TaskName = plan.TaskName,
            TaskKind = plan.TaskKind,
            StartInMs = Milliseconds(plan.Start - now),
            RequestsPerSecond = plan.Load.RequestsPerSecond,
            DurationMs = Milliseconds(plan.Load.Duration),
            RequestTimeoutMs = Milliseconds(plan.Load.RequestTimeout),
            Phase = part.Phase,
        };
        assignment.AllowedAddresses.AddRange(plan.Addresses.Allow);
        assignment.DeniedAddresses.AddRange(plan.Addresses.Deny);
        assignment.Targets.AddRange(plan.TargetsOf(part.Plan).Select(target => targets[target.Index] ??= Target(target)));

        // Only an echo that may be any agent's is held against the whole mesh.
        if (plan.TargetsOf(part.Plan).Any(target => target.Request is HttpRequestPlan { Echo: true } && target.DestinationAgentId is null))
            assignment.MeshAgentIds.AddRange(plan.Agents.Select(agent => agent.Agent.Id));
        return assignment;
    }

    private static TargetMessage Target(Target target)
    {
        var message = new TargetMessage { Index = target.Index, Host = target.Host, Port = target.Port, IpFamily = (int?)target.Family ?? 0 };
        switch (target.Request)
        {
            case HttpRequestPlan http:
                message.Http = Http(http, target);
                break;
            case DnsRequestPlan dns:
                message.Dns = Dns(dns);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(target), target.Request, "no wire form for this request");
        }
        return message;
    }

    private static DnsProbe Dns(DnsRequestPlan request) => new()
    {
        Domain = request.Domain,
        RecordType = (int)request.Type,
        Transport = (DnsProbeTransport)request.Transport,
        ExpectedReplyCode = request.ExpectedReplyCode,
    };

    private static HttpProbe Http(HttpRequestPlan request, Target target)
    {
        var probe = new HttpProbe
        {
            Method = request.Method,
            RequestTarget = request.RequestTarget,
            HostHeader = request.HostHeader,
            ExpectedStatus = request.ExpectedStatus ?? 0,
            Echo = request.Echo,
            ExpectedAgentId = target.DestinationAgentId ?? "",
            KeepAlive = request.KeepAlive,
            Http2 = request.Http2,
            Tls = request.Tls is { } tls ? TlsOf(tls) : null,
        };
        probe.Headers.AddRange(request.Headers);
        probe.Body = ByteString.CopyFrom(request.Body.Span);
        return probe;
    }

    private static TlsSettings TlsOf(TlsPlan tls) => new()
    {
        AuthoritiesPem = ByteString.CopyFrom(tls.AuthoritiesPem.Span),
        CertificatePem = ByteString.CopyFrom(tls.CertificatePem.Span),
        KeyPem = ByteString.CopyFrom(tls.KeyPem.Span),
        ServerName = tls.ServerName ?? "",
    };

    private static int Milliseconds(TimeSpan span) => (int)Math.Clamp(Math.Ceiling(span.TotalMilliseconds), 0, int.MaxValue);
}
