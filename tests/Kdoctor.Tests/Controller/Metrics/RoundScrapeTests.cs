using System.Text;
using Kdoctor.Agent.Hosting;
using Kdoctor.Agent.Metrics;
using Kdoctor.Agent.Usage;
using Kdoctor.Controller.Collecting;
using Kdoctor.Controller.Metrics;
using Kdoctor.Core.Metrics;
using Kdoctor.Tests.Controller.Sessions;
using Xunit;

namespace Kdoctor.Tests.Controller.Metrics;

/// <summary>What controller and agent count of a round that was really run.</summary>
public sealed class RoundScrapeTests
{
    [Fact]
    public async Task Both_ends_of_a_round_count_the_same_requests()
    {
        await using var rig = await StreamRig.StartAsync();
        await using var site = rig.NewSite(2);
        await using var first = AgentHost.Start(rig.Options(1), site, new Random(1));
        await using var second = AgentHost.Start(rig.Options(2), site, new Random(2));
        var meter = new RoundMeter();
        rig.Host.MeterRounds(meter);
        await rig.ConnectedAsync(2);
        var record = await rig.BeginAsync();
        var row = await rig.NoticeAsync(RoundEvent.Ended);
        var all = 4 * record.Plan.Load.RequestsPerTarget;
        Assert.Equal(all, row.Tally!.Requests.Succeeded);

        var page = new MetricPage();
        rig.Host.Write(page);
        meter.Write(page);
        var task = $"kind=\"NetReach\",task=\"{record.Plan.TaskName}\"";
        Assert.Contains($"kdoctor_requests_sent_total{{{task},channel=\"podIP\"}} {all}\n", page.ToString(), StringComparison.Ordinal);
        Assert.Contains($"kdoctor_rounds_total{{{task},verdict=\"succeed\"}} 1\n", page.ToString(), StringComparison.Ordinal);
        Assert.Contains("kdoctor_agents_connected 2\n", page.ToString(), StringComparison.Ordinal);
        Assert.Contains("kdoctor_rounds_running 0\n", page.ToString(), StringComparison.Ordinal);

        var told = Encoding.UTF8.GetString(AgentScrape.Read(first, new OwnProcess()));
        Assert.Contains("kdoctor_agent_connected 1\n", told, StringComparison.Ordinal);
        Assert.Contains($"kdoctor_agent_requests_sent_total {all / 2}\n", told, StringComparison.Ordinal);
        Assert.Contains($"kdoctor_agent_echo_requests_total {all / 2}\n", told, StringComparison.Ordinal);
        Assert.Contains("kdoctor_agent_rounds_running 0\n", told, StringComparison.Ordinal);

        // No agent but those with a task of that kind has a load; everything else is always told.
        Assert.All(AgentMetrics.All.Remove(AgentMetrics.Load), family => Assert.Contains($"# TYPE {family.Name} ", told, StringComparison.Ordinal));
    }
}
