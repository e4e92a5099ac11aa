using Kdoctor.ClusterTests.Installed;
using Kdoctor.Core.Reports;
using Xunit;

namespace Kdoctor.ClusterTests.Tasks;

/// <summary>Load balancers by their names, and an ingress over TLS by name and by address.</summary>
[Collection(InstalledTurns.Name)]
public sealed class FrontsTests(FrontsRun run) : IClassFixture<FrontsRun>
{
    [Fact]
    public void A_load_balancer_is_reached_by_its_name_over_each_family()
    {
        foreach (var (name, family, address) in new[] { ("V4IP", "IPv4", Fronts.Ip4), ("V6IP", "IPv6", Fronts.Ip6) })
        {
            var targets = Targets(run.Balancers, $"AgentLoadbalancer{name}_{Fronts.Balancer}:80");
            Assert.Equal(run.Agents, targets.Count);
            Assert.All(targets, target => Assert.Equal(
                ("succeed", family, address, FrontsRun.PerAgent),
                (target.Verdict, target.Family, target.RequestTargetMetrics.ResolvedAddress, (int)target.RequestTargetMetrics.SuccessCounts)));

            // Whoever answered is an agent of the round.
            Assert.All(targets, target => Assert.DoesNotContain(target.RequestTargetMetrics.Backends!.Keys, backend => backend.Contains("not of this round", StringComparison.Ordinal)));
        }
    }

    [Theory]
    [InlineData("V4IP", Fronts.Nowhere, "IPv4")]
    [InlineData("V6IP", Fronts.OnlyIPv4, "IPv6")]
    public void A_name_that_leads_nowhere_fails_alone_and_says_what_to_look_at(string name, string host, string family)
    {
        var report = run.Balancers;
        Assert.Equal("fail", report.LatestRound!.Status);
        Assert.Equal((run.Agents, 0), (report.LatestRound.ReportedAgents, report.LatestRound.SilentAgents.Count));
        var targets = Targets(report, $"AgentLoadbalancer{name}_{host}:80");
        Assert.Equal(run.Agents, targets.Count);
        Assert.All(targets, target =>
        {
            Assert.Equal(new Dictionary<string, long> { ["resolve: no such name"] = FrontsRun.PerAgent }, target.RequestTargetMetrics.Errors);
            Assert.Contains("check the name, where the task or the status of the Service or Ingress has it", target.FailureReason, StringComparison.Ordinal);
            Assert.StartsWith($"no {family} address of {host} was found: ", target.RequestTargetMetrics.Samples![0].Detail, StringComparison.Ordinal);
        });
        Assert.Contains(report.Findings, finding => finding.Component == targets[0].Name && finding.Evidence.StartsWith($"it failed from all {run.Agents} agents that tried (resolve: no such name:", StringComparison.Ordinal));
        Assert.Equal(2, Blamed(report).Count);
    }

    [Fact]
    public void An_ingress_over_TLS_is_reached_by_name_and_by_address_for_its_rules_host()
    {
        var report = run.Ingress;
        Assert.True(report.LatestRound!.Status == "succeed", report.LatestRound.Summary);
        Assert.Equal(
            new[] { ("v4", Fronts.Controller), ("v4", Fronts.Ip4), ("v6", Fronts.Controller), ("v6", $"[{Fronts.Ip6}]") }
                .Select(front => $"AgentIngress_{front.Item1}_https://{front.Item2}:443/kdoctoragent?task=front").Order(StringComparer.Ordinal),
            All(report).Select(target => target.Name).Distinct().Order(StringComparer.Ordinal));
        Assert.All(All(report), target => Assert.Equal(FrontsRun.PerAgent, target.RequestTargetMetrics.SuccessCounts));
        Assert.All(All(report), target => Assert.Equal(FrontsRun.PerAgent, target.RequestTargetMetrics.Phases!.Tls!.Counts));
    }

    [Fact]
    public void A_certificate_that_no_client_would_take_is_told_and_a_sound_one_of_whatever_authority_is_not_blamed()
    {
        var report = run.Ingress;
        foreach (var target in All(report))
        {
            var shown = Assert.Single(target.RequestTargetMetrics.Certificates!);
            Assert.Equal(
                target.Family == "IPv4"
                    ? (Fronts.Host, null)
                    : ("ingress.local", $"certificate expired: it was valid until 2021-01-01 00:00:00Z; certificate for another name: {Fronts.Host} was asked for, and it is for ingress.local"),
                (shown.Names, shown.Doubts));
            Assert.Equal(FrontsRun.PerAgent, shown.Connections);
        }
        Assert.All(Blamed(report), finding => Assert.StartsWith("the certificate at AgentIngress_v6_https://", finding.Component, StringComparison.Ordinal));
        Assert.Equal(["certificate expired", "certificate for another name"], Blamed(report).Select(finding => finding.Evidence.Split(':')[0]));
    }

    // A machine that is too busy blames its own agents besides.
    private static List<FindingReport> Blamed(ReportBody report) => [.. report.Findings.Where(finding => !finding.Component.StartsWith("agent ", StringComparison.Ordinal))];

    private static List<TargetReport> All(ReportBody report) => [.. report.LatestRoundReport.SelectMany(agent => agent.Measurements?.RoundTaskDetail ?? [])];

    private static List<TargetReport> Targets(ReportBody report, string name) => [.. All(report).Where(target => target.Name == name)];
}
