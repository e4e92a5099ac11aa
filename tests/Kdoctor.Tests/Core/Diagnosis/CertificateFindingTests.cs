using Kdoctor.Core.Planning;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Results;
using Kdoctor.TestKit.Reports;
using Xunit;

namespace Kdoctor.Tests.Core.Diagnosis;

/// <summary>Certificates that nobody verified: they fail nothing, and whoever reads the report learns what is wrong with them.</summary>
public sealed class CertificateFindingTests
{
    private static readonly DateTimeOffset Noon = MeshRound.Noon;
    private static readonly PeerCertificate Sound = new(Noon.AddYears(-1), Noon.AddYears(1), "shop.example.net", true, 100);

    private readonly MeshRound mesh = MeshRound.Of(3, queries: MeshTask.Queries(IpFamily.IPv4, Channel.Ingress), snapshot: MeshSnapshot.Of(3) with
    {
        Ingress = new IngressInfo([new(IpFamily.IPv4, "front.example.net", 443), new(IpFamily.IPv4, "10.30.0.1", 443)], "/kdoctoragent", "shop.example.net") { Tls = true },
    });

    [Fact]
    public void One_that_is_for_the_name_and_in_its_time_is_told_and_is_no_finding()
    {
        var report = Report((_, _) => [Sound]);
        Assert.Empty(report.Findings);
        Assert.All(Shown(report), shown => Assert.Equal(new CertificateReport("shop.example.net", Sound.NotBefore, Sound.NotAfter, 100, null), shown));
        Assert.Equal(6, Shown(report).Count);
    }

    [Fact]
    public void One_that_has_expired_is_one_finding_of_a_round_that_succeeds()
    {
        var report = Report((_, target) => target.Host == "10.30.0.1" ? [Sound with { NotAfter = Noon.AddHours(-1) }] : [Sound]);
        Assert.Equal("succeed", report.LatestRound!.Status);
        Assert.Equal(
            new FindingReport(
                "the certificate at AgentIngress_v4_https://10.30.0.1:443/kdoctoragent?task=reach-task",
                "certificate expired: it was valid until 2030-05-17 11:00:00Z; 3 agents were shown it. Nobody verified it, so nothing failed by it; renew the server's certificate, or correct the clock of whoever is wrong"),
            Assert.Single(report.Findings));
        Assert.Equal(3, Shown(report).Count(shown => shown.Doubts == "certificate expired: it was valid until 2030-05-17 11:00:00Z"));
    }

    [Fact]
    public void One_that_is_not_valid_yet_and_for_another_name_is_two_findings_at_however_many_addresses()
    {
        var report = Report((agent, _) => agent == 1 ? [new(Noon.AddDays(1), Noon.AddYears(1), "ingress.local", false, 3)] : [Sound]);
        Assert.All(report.Findings, finding => Assert.Equal("the certificate at AgentIngress_v4_https://front.example.net:443/kdoctoragent?task=reach-task and at 1 more", finding.Component));
        Assert.Equal(
            [
                "certificate expired: it is not valid before 2030-05-18 12:00:00Z; 1 agent was shown it. Nobody verified it, so nothing failed by it; renew the server's certificate, or correct the clock of whoever is wrong",
                "certificate for another name: shop.example.net was asked for, and it is for ingress.local; 1 agent was shown it. Nobody verified it, so nothing failed by it; ask for a name that the certificate is for, or add this one to the certificate",
            ],
            report.Findings.Select(finding => finding.Evidence));
    }

    [Fact]
    public void The_last_second_is_within_its_time_and_an_address_that_was_asked_is_no_name() =>
        Assert.Empty(new PeerCertificate(Noon.AddDays(-1), Noon, "x", null, 1).Doubts(Noon, "10.30.0.1"));

    private ReportBody Report(Func<int, Target, IReadOnlyList<PeerCertificate>> certificates)
    {
        var shards = mesh.Shards().ToList();
        foreach (var (agent, shard) in shards.Index())
        {
            foreach (var seen in shard.Targets)
                seen.Certificates = certificates(agent, mesh.Plan.Targets[seen.Target]);
        }
        return mesh.Report(shards).Report;
    }

    private static List<CertificateReport> Shown(ReportBody report) =>
        [.. report.LatestRoundReport.SelectMany(agent => agent.Measurements!.RoundTaskDetail).SelectMany(target => target.RequestTargetMetrics.Certificates ?? [])];
}
