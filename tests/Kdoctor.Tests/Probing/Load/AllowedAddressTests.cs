using System.Net;
using Kdoctor.Core.Addresses;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Probing.Dns;
using Kdoctor.TestKit.Rude;
using Xunit;

namespace Kdoctor.Tests.Probing.Load;

/// <summary>The rule about addresses is held against what is dialled, after names were resolved: a name that leads elsewhere than it did gains nothing.</summary>
public sealed class AllowedAddressTests
{
    private const string Good = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_name_that_leads_to_a_special_address_is_not_connected_to(bool http2)
    {
        await using var server = RudeServer.Start(RudeScripts.Answer(Good));
        await using var loop = new ProbingLoop((_, _, _) => Task.FromResult<IReadOnlyList<IPAddress>>([IPAddress.Loopback]));
        var plan = ProbingLoop.Plan(server.EndPoint) with { Host = "innocent.example", Addresses = AddressRule.Strict };
        var shard = await loop.ProbeAsync(plan with { Request = plan.Request with { Http2 = http2 } });

        ProbingLoop.AssertAll(shard, FailureStage.Resolve, FailureCause.AddressNotAllowed);
        Assert.Equal(0, server.Accepted);
        Assert.Equal("127.0.0.1", shard.ResolvedAddress);
        Assert.Equal("nothing was sent to 127.0.0.1, a loopback address, which the setting targets.allow does not name; ask whoever installed kdoctor", shard.Samples[0].Text);
    }

    [Fact]
    public async Task A_name_that_leads_elsewhere_in_the_next_round_is_judged_by_where_it_leads_then()
    {
        await using var server = RudeServer.Start(RudeScripts.Answer(Good));
        var answers = new Queue<IPAddress>([IPAddress.Loopback, IPAddress.Parse("169.254.169.254")]);
        await using var loop = new ProbingLoop((_, _, _) => Task.FromResult<IReadOnlyList<IPAddress>>([answers.Dequeue()]));
        var plan = ProbingLoop.Plan(server.EndPoint) with { Host = "rebound.example", Addresses = AddressRule.Lab };

        Assert.Equal(3, (await loop.ProbeAsync(plan)).Succeeded);
        var rebound = await loop.ProbeAsync(plan);
        ProbingLoop.AssertAll(rebound, FailureStage.Resolve, FailureCause.AddressNotAllowed);
        Assert.Contains("metadata", rebound.Samples[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_literal_is_held_against_the_rule_as_well()
    {
        await using var server = RudeServer.Start(RudeScripts.Answer(Good));
        await using var loop = new ProbingLoop();
        ProbingLoop.AssertAll(
            await loop.ProbeAsync(ProbingLoop.Plan(server.EndPoint) with { Addresses = AddressRule.Strict }), FailureStage.Resolve, FailureCause.AddressNotAllowed);
        Assert.Equal(0, server.Accepted);
        Assert.Equal(3, (await loop.ProbeAsync(ProbingLoop.Plan(server.EndPoint) with { Addresses = AddressRule.Lab })).Succeeded);
        Assert.Equal(3, (await loop.ProbeAsync(ProbingLoop.Plan(server.EndPoint))).Succeeded);
    }

    [Theory]
    [InlineData(DnsTransport.Udp)]
    [InlineData(DnsTransport.Tcp)]
    [InlineData(DnsTransport.Tls)]
    public async Task A_DNS_server_is_not_asked_where_its_address_is_not_allowed(DnsTransport transport)
    {
        await using var loop = new ProbingLoop((_, _, _) => Task.FromResult<IReadOnlyList<IPAddress>>([IPAddress.Parse("fe80::1%1")]));
        var plan = new DnsProbePlan
        {
            Host = "dns.example", Port = 53, Addresses = AddressRule.Strict, Request = new DnsRequestPlan { Domain = "a.test", Transport = transport },
        };
        var result = await loop.RunAsync(ProbingLoop.Load(3, 5000, plan));
        ProbingLoop.AssertAll(result.Targets[0], FailureStage.Resolve, FailureCause.AddressNotAllowed);
    }
}
