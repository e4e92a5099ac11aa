using Xunit;

namespace Kdoctor.ClusterTests.Kinds;

/// <summary>What goes wrong with applications and DNS in the cluster: each fails with a reason that a person can act on.</summary>
public sealed partial class KindsCases
{
    [Theory]
    [InlineData("redirect", "verify: wrong status", "status 302, expected 2xx; a redirect")]
    [InlineData("default-backend", "verify: wrong status", "status 404, expected 2xx; a redirect, or an ingress's 404 for a host or path without a rule")]
    [InlineData("expired", "handshake: certificate expired", "renew the server's certificate")]
    [InlineData("wrong-name", "handshake: certificate for another name", "ask for a name that the certificate is for")]
    [InlineData("no-name", "resolve: no such name", "the agent's resolver knows no such name")]
    [InlineData("nxdomain", "verify: wrong reply code", "NXDOMAIN, expected NOERROR; NXDOMAIN: check request.domain")]
    [InlineData("servfail", "verify: wrong reply code", "SERVFAIL, expected NOERROR; NXDOMAIN: check request.domain; SERVFAIL: the server could not find out")]
    [InlineData("empty", "verify: empty answer", "NOERROR without a record of type A for empty.shop.test; the name is there and has no address of the type asked for")]
    [InlineData("truncated", "verify: truncated", "cut by the server (TC); not asked again over TCP; the answer does not fit into a datagram: ask with protocol: tcp")]
    public void Each_failure_has_a_reason_that_a_person_can_act_on(string task, string error, string words) => Fails(task, error, words);

    [Fact]
    public void A_dead_replica_behind_a_living_DNS_service_is_named()
    {
        var report = run.ReportOf("lame").Report;
        Assert.Equal("fail", report.LatestRound!.Status);
        var targets = run.TargetsOf("lame").ToLookup(target => target.Name.Split('_')[1] == "replica" ? target.Name.Split('_')[2] : "service");
        Assert.All(targets["served"], target => Assert.Equal("succeed", target.Verdict));

        // Linux sends only so many ICMP errors a second: some queries are refused, the others stay unanswered.
        Assert.All(targets[ServedApplication.DeadReplica], target =>
        {
            Assert.Equal(KindsRun.PerAgent, target.RequestTargetMetrics.FailedCounts);
            Assert.Empty(target.RequestTargetMetrics.Errors.Keys.Except(["connect: refused", "first byte: timed out"]));
        });
        Assert.Equal((run.Agents, run.Agents, run.Agents), (targets["service"].Count(), targets["served"].Count(), targets[ServedApplication.DeadReplica].Count()));

        // Behind the service's own address the dead replica is only a share of failures.
        var all = run.Agents * KindsRun.PerAgent;
        Assert.InRange(targets["service"].Sum(target => target.RequestTargetMetrics.SuccessCounts), 1, all - 1);
        Assert.Contains(report.Findings, finding =>
            finding.Component.StartsWith("the DNS replica dead", StringComparison.Ordinal) && finding.Evidence.StartsWith($"it failed from all {run.Agents} agents", StringComparison.Ordinal));
        Assert.DoesNotContain(report.Findings, finding => finding.Component.Contains("replica_served", StringComparison.Ordinal));
    }
}
