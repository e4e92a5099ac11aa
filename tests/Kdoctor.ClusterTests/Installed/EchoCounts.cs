using System.Text.Json.Nodes;
using Kdoctor.Core.Deployment;
using Xunit;

namespace Kdoctor.ClusterTests.Installed;

/// <summary>What the default agents were asked, by their own count and not by what was reported of it.</summary>
internal static class EchoCounts
{
    /// <summary>How many requests named the task, at all agents together.</summary>
    public static async Task<long> OfAsync(InstalledCluster cluster, string task)
    {
        var sum = 0L;
        foreach (var pod in (await cluster.AgentsAsync()).Values)
        {
            var answer = await cluster.Kubectl.RunAsync("get", "--raw", $"/api/v1/namespaces/{InstalledCluster.Namespace}/pods/{pod}:{ClusterPorts.EchoContainer}/proxy/?task={task}");
            Assert.True(answer.ExitCode == 0, answer.All);

            // Less this very request.
            sum += (long)JsonNode.Parse(answer.Output)!["requestCount"]! - 1;
        }
        return sum;
    }
}
