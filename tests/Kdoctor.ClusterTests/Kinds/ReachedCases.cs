using Kdoctor.ClusterTests.Installed;
using Xunit;

namespace Kdoctor.ClusterTests.Kinds;

/// <summary>AppHttpHealthy over IPv6 and by a name, and Netdns from chosen nodes only.</summary>
public sealed partial class KindsCases
{
    /// <remarks>Seen red: every address is taken for one of IPv4.</remarks>
    [Theory]
    [InlineData("ipv6-service")]
    [InlineData("ipv6-pod")]
    public void An_application_is_reached_over_IPv6_and_counts_every_request(string task)
    {
        var application = run.OverIPv6;
        Succeeds(task);
        var authority = task == "ipv6-pod" ? $"[{application.PodAddress6}]:8080" : $"[{application.Address6}]";
        Assert.All(run.TargetsOf(task), target => Assert.Equal(
            ($"http://{authority}/?task={task}", "IPv6", KindsRun.PerAgent), (target.Url, target.Family, (int)target.RequestTargetMetrics.RequestCounts)));
        Assert.Equal(run.Agents * KindsRun.PerAgent, run.ServedTo(task));
    }

    /// <remarks>Seen red: a report leaves out to which address a name led.</remarks>
    [Fact]
    public void A_name_is_resolved_by_each_agent_through_the_clusters_DNS_and_its_address_is_reported()
    {
        Succeeds("named");
        Assert.All(run.TargetsOf("named"), target => Assert.Equal(
            ($"https://{KindsRun.ApiName}/livez", run.ApiAddress), (target.Url, target.RequestTargetMetrics.ResolvedAddress)));
        Assert.All(run.TargetsOf("named"), target => Assert.Equal(run.ApiAddress.Contains(':', StringComparison.Ordinal) ? "IPv6" : "IPv4", target.Family));
    }

    /// <remarks>Seen red: another path is asked than the URL's.</remarks>
    [Fact]
    public void The_API_server_that_a_name_leads_to_counts_every_request()
    {
        // Elsewhere there may be several API servers, and kubelets ask them the same.
        TestBed.Required();
        Assert.Equal(run.TargetsOf("named").Sum(target => target.RequestTargetMetrics.RequestCounts), run.AskedOfApi);
    }

    /// <remarks>Seen red: the selector is not read.</remarks>
    [Fact]
    public void Only_the_agent_on_the_node_with_the_label_of_sourceAgentNodeSelector_asks()
    {
        var report = run.ReportOf("chosen");
        var agent = Assert.Single(report.Report.LatestRoundReport);
        Assert.True((agent.NodeName, agent.RoundResult) == (run.ChosenNode, "succeed"), $"{agent.NodeName}: {agent.ReasonsForFailure}");
        var round = report.Report.LatestRound!;
        Assert.Equal((1, 1, (long)KindsRun.PerAgent), (round.ExpectedAgents, round.ReportedAgents, round.Requests!.Sent));
        Assert.Contains(report.Report.Notes, note => note.StartsWith($"1 of {run.Agents} agents ask", StringComparison.Ordinal));

        // Each agent logs every round that it begins; a node may have cleared its logs away meanwhile.
        var began = run.Spoken.Split('\n').Where(line => line.Contains($"Round {report.Metadata.Uid}/1: ", StringComparison.Ordinal));
        Assert.All(began, line => Assert.StartsWith($"[pod/{agent.PodName}/", line, StringComparison.Ordinal));
    }
}
