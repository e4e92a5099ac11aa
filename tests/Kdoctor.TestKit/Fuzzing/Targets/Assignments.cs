using System.Collections.Immutable;
using System.Net;
using Google.Protobuf;
using Kdoctor.Agent.Rounds;
using Kdoctor.Core.Protocol;
using Kdoctor.TestKit.Tls;

namespace Kdoctor.TestKit.Fuzzing.Targets;

/// <summary>What a controller tells an agent to do: a load that can be begun, or a refusal in words.</summary>
public static class Assignments
{
    private static readonly AssignmentReader Reader = new(ImmutableArray<IPAddress>.Empty);

    public static FuzzTarget Target { get; } = new("assignment", Takes, () => [Mesh().ToByteArray(), Application().ToByteArray(), Names().ToByteArray()]);

    private static bool Takes(byte[] bytes) => FuzzTarget.IsTaken(
        () =>
        {
            foreach (var target in Reader.Read(Assignment.Parser.ParseFrom(bytes)).Targets)
                target.Probe.Check();
        },
        refusal => refusal is InvalidProtocolBufferException or FormatException or ArgumentException);

    private static Assignment Mesh()
    {
        var assignment = Empty("NetReach");
        assignment.MeshAgentIds.Add(["id-1", "id-2"]);
        assignment.Targets.Add(Over(0, new() { Method = "GET", RequestTarget = "/?task=mesh", HostHeader = "127.0.0.1:8080", Echo = true, ExpectedAgentId = "id-1" }));
        assignment.Targets.Add(Over(1, new() { Method = "GET", RequestTarget = "/", HostHeader = "[fd00::1]", Echo = true }));
        return assignment;
    }

    private static Assignment Application()
    {
        using var authority = new TestAuthority();
        var assignment = Empty("AppHttpHealthy");
        assignment.AllowedAddresses.Add("127.0.0.0/8");
        assignment.DeniedAddresses.Add("fe80::/10");
        var http = new HttpProbe { Method = "POST", RequestTarget = "/orders", HostHeader = "shop.test", KeepAlive = true, Http2 = true, ExpectedStatus = 201, Body = ByteString.CopyFromUtf8("one order") };
        http.Headers.Add("x-one: two");
        http.Tls = new TlsSettings { AuthoritiesPem = ByteString.CopyFrom(authority.Pem), ServerName = "shop.test" };
        assignment.Targets.Add(Over(0, http));
        return assignment;
    }

    private static Assignment Names()
    {
        var assignment = Empty("Netdns");
        assignment.Targets.Add(new TargetMessage { Index = 0, Host = "10.96.0.10", Port = 53, IpFamily = 4, Dns = new DnsProbe { Domain = "www.shop.test", RecordType = 28, Transport = DnsProbeTransport.Udp } });
        return assignment;
    }

    private static Assignment Empty(string kind) => new()
    {
        RoundId = "task/1", TaskName = "task", TaskKind = kind, RequestsPerSecond = 10, DurationMs = 1000, RequestTimeoutMs = 500, Phase = 0.5, StartInMs = 100,
    };

    private static TargetMessage Over(int index, HttpProbe http) => new() { Index = index, Host = "127.0.0.1", Port = 8080, SourceIp = "127.0.0.2", Http = http };
}
