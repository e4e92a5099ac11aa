using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kdoctor.Core.Tasks.Specs;

namespace Kdoctor.Core.Tasks.Reading;

/// <summary>A spec of any kind, mapped to what all kinds share. The only place that branches on the kind.</summary>
internal sealed record SpecReading(
    ScheduleSpec Schedule, RequestSpec Request, ExpectSpec Expect, AgentSpec? Agent, ImmutableArray<TargetQuery> Targets, NodeSelector? SourceNodes = null)
{
    public static SpecReading Of(TaskKind kind, JsonObject spec, ProblemList problems)
    {
        switch (kind)
        {
            case TaskKind.NetReach:
                var mesh = spec.Deserialize(SpecJson.Default.NetReachSpec)!;
                return new SpecReading(mesh.Schedule, mesh.Request, mesh.Expect, mesh.AgentSpec, NetReachTargets.Read(mesh.Target, problems));
            case TaskKind.AppHttpHealthy:
                var http = spec.Deserialize(SpecJson.Default.AppHttpHealthySpec)!;
                var targets = http.Target is { } target ? HttpTarget.Read(target, http.Expect.StatusCode, problems) : [];
                return new SpecReading(http.Schedule, http.Request, http.Expect, http.AgentSpec, targets);
            case TaskKind.Netdns:
                var dns = spec.Deserialize(SpecJson.Default.NetdnsSpec)!;
                return new SpecReading(dns.Schedule, dns.Request, dns.Expect, dns.AgentSpec, DnsTarget.Read(dns, problems), DnsTarget.SourceNodes(dns.SourceAgentNodeSelector));
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of task");
        }
    }
}
