using Kdoctor.TestKit.Processes;
using Xunit;

namespace Kdoctor.Tests.EndToEnd.Kinds;

/// <summary>The lab's own DNS, found as a cluster's is, and asked in every way.</summary>
public sealed class ClusterDnsCases
{
    [Fact]
    public async Task D01_the_clusters_DNS_and_each_replica_are_asked_over_every_transport()
    {
        var result = await KdoctorProcess.RunAsync(
            ["run", "-f", "-", "--now", "--nodes", "2", "-o", "json"], Task("d01-udp", "udp", "") + Task("d01-tcp", "tcp", "") + Task("d04-tls", "tcp-tls", "sourceAgentNodeSelector: {matchLabels: {kubernetes.io/hostname: node-2}}"));

        Assert.True(result.ExitCode == 0, result.ToString());
        foreach (var report in result.Reports())
        {
            Assert.Equal(report.Task.Name == "d04-tls" ? ["node-2"] : ["node-1", "node-2"], report.Report.LatestRoundReport.Select(agent => agent.NodeName));
            Assert.All(report.Report.LatestRoundReport, agent =>
            {
                Assert.Equal(3, agent.TaskNetDns!.RoundTaskDetail.Count);
                Assert.Equal(2, agent.TaskNetDns.RoundTaskDetail.Count(target => target.Name.StartsWith("typeA_replica_kube-dns-", StringComparison.Ordinal)));
                Assert.All(agent.TaskNetDns.RoundTaskDetail, target => Assert.Equal(5, target.RequestTargetMetrics.ReplyCode!["NOERROR"]));
            });
        }
    }

    private static string Task(string name, string protocol, string more) => $$"""
        apiVersion: kdoctor.io/v1beta1
        kind: Netdns
        metadata: {name: {{name}}}
        spec:
          request: {durationInSecond: 1, perRequestTimeoutInMS: 5000, qps: 5, protocol: {{protocol}}}
          target: { targetDns: { } }
          {{more}}
        ---

        """;
}
