using Kdoctor.Core.Reports;
using Xunit;

namespace Kdoctor.ClusterTests.Kinds;

/// <summary>The predecessor's cases D01 to D04 for Netdns in the cluster.</summary>
public sealed partial class KindsCases
{
    [Fact]
    public void D01_the_clusters_DNS_answers_every_agent_at_the_Services_address_and_at_each_replicas()
    {
        Assert.Equal(run.Agents, run.ReportOf("d01").Report.LatestRoundReport.Count);
        Assert.All(run.ReportOf("d01").Report.LatestRoundReport, agent =>
        {
            Assert.True(agent.RoundResult == "succeed", agent.ReasonsForFailure);
            var names = agent.TaskNetDns!.RoundTaskDetail;
            Assert.True(names.Count >= 2, string.Join(' ', names.Select(target => target.Name)));
            Assert.Contains(names, target => target.Name.StartsWith("typeA_replica_", StringComparison.Ordinal));
            Assert.All(names, target => Assert.Equal(KindsRun.PerAgent, target.RequestTargetMetrics.ReplyCode!["NOERROR"]));
        });
    }

    [Theory]
    [InlineData("d02", "udp")]
    [InlineData("d03", "tcp")]
    [InlineData("d04", "tcp-tls")]
    public void D02_D03_D04_a_named_server_answers_over_every_transport(string task, string protocol) =>
        Assert.All(run.ReportOf(task).Report.LatestRoundReport, agent =>
        {
            Assert.True(agent.RoundResult == "succeed", agent.ReasonsForFailure);
            var target = Assert.Single(agent.TaskNetDns!.RoundTaskDetail);
            Assert.Equal(protocol, target.Protocol);
            Assert.Equal(KindsRun.PerAgent, target.RequestTargetMetrics.ReplyCode!["NOERROR"]);
        });

    /// <remarks>Seen red: a server's port is not asked, but the usual one.</remarks>
    [Fact]
    public void A_named_server_is_asked_at_its_port() => Assert.All(run.TargetsOf("pod-port"), target => AssertAnswers(target, "A", $"{run.Served.PodAddress}:5353", "IPv4"));

    /// <remarks>Seen red: a server's port is not asked, but the usual one.</remarks>
    [Fact]
    public void A_named_server_is_asked_over_IPv6_and_for_IPv6_addresses_unless_the_task_says_otherwise()
    {
        var application = run.OverIPv6;
        Succeeds("ipv6-port");
        Assert.All(run.TargetsOf("ipv6-port"), target => AssertAnswers(target, "AAAA", $"[{application.PodAddress6}]:5353", "IPv6"));
    }

    /// <remarks>Seen red: recordType is not read.</remarks>
    [Fact]
    public void The_addresses_that_recordType_names_are_asked_for_over_IPv4_too()
    {
        Succeeds("aaaa");
        Assert.All(run.TargetsOf("aaaa"), target => AssertAnswers(target, "AAAA", $"{run.Served.Address}:53", "IPv4"));
        foreach (var agent in run.ReportOf("both").Report.LatestRoundReport)
        {
            Assert.True(agent.RoundResult == "succeed", agent.ReasonsForFailure);
            var targets = agent.TaskNetDns!.RoundTaskDetail;
            Assert.Equal(2, targets.Count);
            AssertAnswers(Assert.Single(targets, target => target.Name.StartsWith("typeA_", StringComparison.Ordinal)), "A", $"{run.Served.Address}:53", "IPv4");
            AssertAnswers(Assert.Single(targets, target => target.Name.StartsWith("typeAAAA_", StringComparison.Ordinal)), "AAAA", $"{run.Served.Address}:53", "IPv4");
        }
    }

    /// <remarks>Seen red: recordType is not read.</remarks>
    [Fact]
    public void A_name_without_IPv6_addresses_has_an_empty_answer_from_the_clusters_DNS()
    {
        Assert.NotEmpty(run.TargetsOf("no-aaaa"));
        Assert.All(run.TargetsOf("no-aaaa"), target =>
        {
            Assert.Contains($"NOERROR without a record of type AAAA for {KindsRun.ApiName}", target.FailureReason, StringComparison.Ordinal);
            Assert.Equal(KindsRun.PerAgent, target.RequestTargetMetrics.Errors["verify: empty answer"]);
        });
    }

    /// <remarks>Seen red: testIPv6 is not read.</remarks>
    [Fact]
    public void A_DNS_service_of_both_families_is_asked_at_both_of_its_addresses_and_at_every_replica_that_the_API_tells_of()
    {
        var application = run.OverIPv6;
        var report = run.ReportOf("families").Report;
        var targets = run.TargetsOf("families").ToLookup(target => target.RequestServer!);
        var (service, pod) = ($"{application.Address}:53", $"{application.PodAddress}:5353");
        var (service6, pod6) = ($"[{application.Address6}]:53", $"[{application.PodAddress6}]:5353");
        string[] expected = run.TellsOneFamily ? [service, pod, service6] : [service, pod, service6, pod6];
        Assert.Equal(expected.Order(StringComparer.Ordinal), targets.Select(group => group.Key).Order(StringComparer.Ordinal));
        Assert.All(targets, group =>
        {
            Assert.Equal(run.Agents, group.Count());
            var (type, family) = group.Key.StartsWith('[') ? ("AAAA", "IPv6") : ("A", "IPv4");
            Assert.All(group, target => AssertAnswers(target, type, group.Key, family));
        });

        // Before 1.21 there is no stable API that tells of the replicas' other family: it is said, and not passed over.
        if (run.TellsOneFamily)
            Assert.Equal("no replica of the DNS service shop/served is ready with an IPv6 address", Assert.Single(report.LeftOut, left => left.Family == "IPv6").Reason);
        else
            Assert.Empty(report.LeftOut);
    }

    /// <remarks>Seen red: testIPv6 is not read.</remarks>
    [Fact]
    public void A_clusters_DNS_without_an_IPv6_address_cannot_be_tested_over_IPv6_and_the_report_says_so()
    {
        Assert.SkipWhen(run.DnsHasIPv6, "the cluster's DNS has an IPv6 address");
        var report = run.ReportOf("cluster-ipv6").Report;
        Assert.Empty(run.TargetsOf("cluster-ipv6"));
        Assert.Equal("unknown", report.LatestRound!.Status);
        var left = Assert.Single(report.LeftOut);
        Assert.Equal(("dns", "IPv6"), (left.Channel, left.Family));
        Assert.EndsWith(" has no IPv6 address", left.Reason, StringComparison.Ordinal);
    }

    private static void AssertAnswers(TargetReport target, string type, string server, string family)
    {
        Assert.StartsWith($"type{type}_", target.Name, StringComparison.Ordinal);
        Assert.Equal((server, family), (target.RequestServer, target.Family));
        Assert.Equal(KindsRun.PerAgent, target.RequestTargetMetrics.ReplyCode!["NOERROR"]);
        Assert.Equal(KindsRun.PerAgent, target.RequestTargetMetrics.SuccessCounts);
    }
}
