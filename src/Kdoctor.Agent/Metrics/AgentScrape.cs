using System.Text;
using Kdoctor.Agent.Hosting;
using Kdoctor.Agent.Usage;
using Kdoctor.Core.Metrics;

namespace Kdoctor.Agent.Metrics;

/// <summary>What an agent tells whoever scrapes it. Its number of series does not depend on targets or tasks.</summary>
internal static class AgentScrape
{
    /// <summary>The page as it is now.</summary>
    public static byte[] Read(AgentHost agent, IUsageSource usage)
    {
        var page = new MetricPage();
        var counts = agent.RequestCounts;
        page.Add(AgentMetrics.Connected, agent.IsConnected ? 1 : 0);
        page.Add(AgentMetrics.Rounds, counts.Running);
        foreach (var (kind, rate) in counts.Load.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            page.Add(AgentMetrics.Load, rate, kind);
        page.Add(AgentMetrics.Sent, counts.Sent);
        page.Add(AgentMetrics.Failed, counts.Failed);
        page.Add(AgentMetrics.Unsent, counts.Unsent);
        page.Add(AgentMetrics.Late, counts.Late);
        page.Add(AgentMetrics.ShardsKept, agent.KeptShards);
        page.Add(AgentMetrics.ShardsDropped, agent.DroppedShards);
        var echo = agent.EchoCounts;
        page.Add(AgentMetrics.EchoConnections, echo.Connections);
        page.Add(AgentMetrics.EchoRequests, echo.Requests);
        page.Add(AgentMetrics.EchoRefused, echo.Refused + echo.TurnedAway);
        if (usage.ResidentBytes() is { } bytes)
            page.Add(AgentMetrics.Memory, bytes);
        if (usage.CpuTime() is { } processor)
            page.Add(AgentMetrics.Processor, processor.TotalSeconds);
        return Encoding.UTF8.GetBytes(page.ToString());
    }
}
