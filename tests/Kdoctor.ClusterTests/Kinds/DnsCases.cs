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
}
