using System.Text.Json;
using Google.Protobuf;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Protocol;
using Kdoctor.Core.Results;
using Kdoctor.Core.Tasks;
using Kdoctor.TestKit.Reports;
using Xunit;

namespace Kdoctor.Tests.Core.Tasks;

public sealed class DnsTargetTests
{
    [Theory]
    [InlineData("server: 10.96.0.10", "", "10.96.0.10:53", "typeA_10.96.0.10:53_kubernetes.default.svc.cluster.local", DnsTransport.Udp, IpFamily.IPv4)]
    [InlineData("server: 'fd00::10', port: 5353", "protocol: tcp, domain: a.test", "[fd00::10]:5353", "typeAAAA_[fd00::10]:5353_a.test", DnsTransport.Tcp, IpFamily.IPv6)]
    [InlineData("server: 'fd00::10'", "recordType: A, domain: a.test", "[fd00::10]:53", "typeA_[fd00::10]:53_a.test", DnsTransport.Udp, IpFamily.IPv6)]
    [InlineData("server: dns.test, port: 853", "protocol: tcp-tls", "dns.test:853", "typeA_dns.test:853_kubernetes.default.svc.cluster.local", DnsTransport.Tls, null)]
    public void A_users_server_becomes_one_target(string server, string request, string url, string name, DnsTransport transport, IpFamily? family)
    {
        var target = Assert.Single(Plan($"targetUser: {{{server}}}", request).Targets);
        Assert.Equal((Channel.Dns, url, name, family), (target.Channel, target.Url, target.Name, target.Family));
        var question = Assert.IsType<DnsRequestPlan>(target.Request);
        Assert.Equal((name.StartsWith("typeAAAA", StringComparison.Ordinal) ? DnsRecordType.AAAA : DnsRecordType.A, transport, 0), (question.Type, question.Transport, question.ExpectedReplyCode));
    }

    [Fact]
    public void Both_record_types_are_two_targets() =>
        Assert.Equal(["typeA_10.0.0.1:53_a.test", "typeAAAA_10.0.0.1:53_a.test"], Plan("targetUser: {server: 10.0.0.1}", "recordType: both, domain: a.test").Targets.Select(target => target.Name));

    [Fact]
    public void A_question_is_stored_with_its_protocol()
    {
        RequestPlan plan = new DnsRequestPlan { Domain = "a.test", Type = DnsRecordType.AAAA, Transport = DnsTransport.Tcp, ExpectedReplyCode = 3 };
        Assert.Equal(plan, JsonSerializer.Deserialize<RequestPlan>(JsonSerializer.Serialize(plan)));
    }

    [Fact]
    public void Reply_codes_and_strays_travel_with_the_shard()
    {
        var shard = new TargetShard { Target = 0, Planned = 3, Sent = 3, Succeeded = 0, StrayAnswers = 7 };
        for (var left = 3; left > 0; left--)
        {
            shard.CountReplyCode(2);
            shard.Fail(new FailureSample(MeshRound.Noon, new Failure(FailureStage.Verify, FailureCause.WrongReplyCode), "SERVFAIL, expected NOERROR", TimeSpan.Zero));
        }
        var read = TargetShardCodec.Decode(TargetShardMessage.Parser.ParseFrom(TargetShardCodec.Encode(shard).ToByteArray()));
        Assert.Equal(7, read.StrayAnswers);
        Assert.Equal(shard.ReplyCodes, read.ReplyCodes);
        Assert.Equal(shard.Failures, read.Failures);
    }

    [Theory]
    [InlineData(0, "NOERROR")]
    [InlineData(3, "NXDOMAIN")]
    [InlineData(16, "BADVERS")]
    [InlineData(24, "RCODE24")]
    public void Reply_codes_have_the_names_that_the_world_knows(int code, string name) => Assert.Equal(name, ReplyCode.NameOf(code));

    private static RoundPlan Plan(string target, string request)
    {
        var reading = Assert.Single(TaskFile.Read(
            $"apiVersion: kdoctor.io/v1beta1\nkind: Netdns\nmetadata: {{name: a}}\nspec: {{request: {{{request}}}, target: {{{target}}}}}", TaskLimits.Default).Readings);
        return RoundPlanner.Plan(reading.Task!, MeshRound.Of(2).Snapshot, 1, MeshRound.Noon, MeshRound.Noon);
    }
}
