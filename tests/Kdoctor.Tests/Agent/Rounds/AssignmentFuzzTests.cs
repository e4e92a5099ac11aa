using System.Collections.Immutable;
using Google.Protobuf;
using Kdoctor.Agent.Rounds;
using Kdoctor.Core.Protocol;
using Kdoctor.TestKit.Fuzzing;
using Kdoctor.TestKit.Tls;
using Xunit;

namespace Kdoctor.Tests.Agent.Rounds;

/// <summary>What a controller tells, changed, cut and doubled at random: a load that can be begun, or a refusal in words.</summary>
public sealed class AssignmentFuzzTests
{
    [Fact]
    public void Mutated_assignments_are_loads_within_their_rules_or_refusals_in_words()
    {
        var corpus = new[] { Mesh().ToByteArray(), Application().ToByteArray(), Names().ToByteArray() };
        var reader = new AssignmentReader(ImmutableArray<System.Net.IPAddress>.Empty);
        var (read, refused) = (0, 0);
        foreach (var round in FuzzRounds.Of(2000))
        {
            try
            {
                var load = reader.Read(Assignment.Parser.ParseFrom(Mutation.Of(corpus, new Random(round))));
                foreach (var target in load.Targets)
                    target.Probe.Check();
                read++;
            }
            catch (Exception refusal) when (refusal is InvalidProtocolBufferException or FormatException or ArgumentException)
            {
                Assert.NotEmpty(refusal.Message);
                refused++;
            }
        }
        Assert.True(read > 20 && refused > 200, $"{read} read, {refused} refused: the mutations no longer bite");
    }

    private static Assignment Mesh()
    {
        var assignment = Empty("NetReach");
        assignment.MeshAgentIds.Add(["id-1", "id-2"]);
        assignment.Targets.Add(Target(0, new() { Method = "GET", RequestTarget = "/?task=mesh", HostHeader = "127.0.0.1:8080", Echo = true, ExpectedAgentId = "id-1" }));
        assignment.Targets.Add(Target(1, new() { Method = "GET", RequestTarget = "/", HostHeader = "[fd00::1]", Echo = true }));
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
        assignment.Targets.Add(Target(0, http));
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

    private static TargetMessage Target(int index, HttpProbe http) => new() { Index = index, Host = "127.0.0.1", Port = 8080, SourceIp = "127.0.0.2", Http = http };
}
