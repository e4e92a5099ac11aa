using Kdoctor.ClusterTests.Installed;
using Kdoctor.TestKit.Processes;
using Xunit;

namespace Kdoctor.ClusterTests.Leading;

/// <summary>By default rounds lie in the controller's pod: one that takes its place finds only what the tasks' own status tells.</summary>
[Collection(InstalledTurns.Name)]
public sealed class YoungStoreTests(InstalledCluster cluster)
{
    [Fact]
    public async Task A_finished_task_stays_finished_when_the_controllers_pod_is_replaced()
    {
        var kubectl = cluster.Kubectl;
        var applied = await kubectl.RunWithInputAsync(
            """
            apiVersion: kdoctor.io/v1beta1
            kind: NetReach
            metadata: {name: kept}
            spec:
              request: {durationInSecond: 2, qps: 5, perRequestTimeoutInMS: 2000}
              schedule: {roundNumber: 1, roundTimeoutMinute: 1, schedule: 0 1}
              target: {clusterIP: false, nodePort: false}
            """,
            "apply", "-f", "-");
        Assert.True(applied.ExitCode == 0, applied.All);
        try
        {
            await RunningLab.FinishedAsync(kubectl, "netreach", "kept");
            var before = await StatusAsync();
            var (pod, _) = Assert.Single(await Controllers.RunningAsync(cluster));

            Assert.Equal(0, (await kubectl.RunAsync("-n", InstalledCluster.Namespace, "delete", "pod", pod, "--wait=false")).ExitCode);
            await Waiting.UntilAsync("another controller leads and has its agents", () => Controllers.LeaderAsync(cluster), leader => leader.Holder.Length > 0 && leader.Holder != pod && leader.Agents > 0);
            var summary = await Waiting.UntilAsync(
                "the report tells what is gone",
                async () => (await kubectl.RunAsync("get", "kdoctorreport", "netreach-kept", "-o", "jsonpath={.report.latestRound.summary}")).Output,
                seen => seen.Contains("gone with the store of an earlier controller", StringComparison.Ordinal));

            Assert.DoesNotContain("requests succeeded", summary, StringComparison.Ordinal);
            Assert.Equal(before, await StatusAsync());
            var round = Assert.Single((await ServedReports.ReadAsync(kubectl, "netreach-kept")).Report.History);
            Assert.Equal((1, null), (round.RoundNumber, round.Requests));
        }
        finally
        {
            await kubectl.RunAsync("delete", "netreach", "kept", "--ignore-not-found");
        }
    }

    private async Task<string> StatusAsync() => (await cluster.Kubectl.RunAsync("get", "netreach", "kept", "-o", "jsonpath={.status}")).Output;
}
