using Kdoctor.ClusterTests.Installed;
using Kdoctor.TestKit.Processes;
using Xunit;

namespace Kdoctor.ClusterTests.Tasks;

/// <summary>A finished task whose spec is edited runs it, and what the spec before came to is nowhere shown as its own.</summary>
[Collection(InstalledTurns.Name)]
public sealed class EditedTaskTests(InstalledCluster cluster)
{
    [Fact]
    public async Task A_finished_task_that_is_edited_runs_again_and_labels_change_nothing()
    {
        try
        {
            await ApplyAsync(qps: 5);
            await RunningLab.FinishedAsync(cluster.Kubectl, "netreach", "edited");
            Assert.Equal(0, (await cluster.Kubectl.RunAsync("label", "netreach", "edited", "team=network")).ExitCode);
            Assert.Equal("1 true 1", await StatusAsync("{.status.observedGeneration} {.status.finish} {.status.history[*].generation}"));

            await ApplyAsync(qps: 7);
            await Waiting.UntilAsync(
                "the new spec has run", () => StatusAsync("{.status.observedGeneration} {.status.finish} {.status.history[*].generation}"), seen => seen == "2 true 2 1");
            Assert.Equal("1 1", await StatusAsync("{.status.expectedRound} {.status.doneRound}"));
            var report = await ServedReports.ReadAsync(cluster.Kubectl, "netreach-edited");
            Assert.Equal((2, 2L, 7), (report.Report.LatestRound!.RoundNumber, report.Task.Generation, report.Task.Spec["netReach"]!["request"]!["qps"]!.GetValue<int>()));

            // The round before is read by its number, with the spec that it ran.
            var first = await ClusterCommand.RunAsync(cluster.Kubeconfig, ["report", "edited", "--round", "1", "-o", "json"]);
            Assert.True(first.ExitCode == 0, first.Output);
            var before = Assert.Single(first.Reports());
            Assert.Equal(("netreach-edited:1", 1, 1L, 5), (before.Metadata.Name, before.Report.LatestRound!.RoundNumber, before.Task.Generation, before.Task.Spec["netReach"]!["request"]!["qps"]!.GetValue<int>()));
            var targets = before.Report.LatestRoundReport.SelectMany(agent => agent.Measurements!.RoundTaskDetail).ToList();
            Assert.NotEmpty(targets);
            Assert.All(targets, target => Assert.Equal(10, target.RequestTargetMetrics.RequestCounts));
            var none = await cluster.Kubectl.RunAsync("get", "kdoctorreport", "edited:7");
            Assert.Contains("of NetReach edited the rounds 1 to 2 are kept", none.All, StringComparison.Ordinal);
        }
        finally
        {
            await cluster.Kubectl.RunAsync("delete", "netreach", "edited", "--ignore-not-found");
        }
    }

    /// <remarks>Seen red: an edit leaves the running round alone.</remarks>
    [Fact]
    public async Task A_task_that_is_edited_while_its_round_runs_ends_it_as_superseded_and_runs_its_new_spec()
    {
        try
        {
            await ApplyAsync(qps: 10, "rewritten", seconds: 50);
            await Waiting.UntilAsync("the load is under way", () => EchoCounts.OfAsync(cluster, "rewritten"), count => count > 100);
            await ApplyAsync(qps: 7, "rewritten");
            await Waiting.UntilAsync(
                "the new spec has run", () => StatusAsync("{.status.observedGeneration} {.status.finish} {.status.history[*].generation}", "rewritten"), seen => seen == "2 true 2 1");
            Assert.Equal("1 1", await StatusAsync("{.status.expectedRound} {.status.doneRound}", "rewritten"));

            var report = await ServedReports.ReadAsync(cluster.Kubectl, "netreach-rewritten");
            var (last, first) = (report.Report.History[0], report.Report.History[1]);

            // On a machine that was too busy to keep an agent's timetable the new round may prove nothing.
            Assert.True(last is { RoundNumber: 2, Generation: 2, Superseded: false, Status: "succeed" or "unknown" }, last.ToString());
            Assert.True(first is { RoundNumber: 1, Generation: 1, Superseded: true, Status: "unknown" }, first.ToString());
            Assert.StartsWith("superseded: the task was changed while the round ran; until then: ", first.Summary, StringComparison.Ordinal);
            Assert.Equal(7, report.Task.Spec["netReach"]!["request"]!["qps"]!.GetValue<int>());
            Assert.All(report.Report.LatestRoundReport.SelectMany(agent => agent.Measurements!.RoundTaskDetail), target => Assert.Equal(14, target.RequestTargetMetrics.RequestCounts));

            // The old load stopped long before its end, at every agent.
            await Waiting.UntilAsync(
                "every agent has handed in its part of round 1",
                async () => (await ServedReports.ReadAsync(cluster.Kubectl, "netreach-rewritten:1")).Report.LatestRoundReport.Count(agent => agent.AgentState == "late"),
                late => late == report.Report.LatestRoundReport.Count);
            Assert.InRange(await EchoCounts.OfAsync(cluster, "rewritten") - last.Requests!.Sent, 1, first.Requests!.Planned / 2);
        }
        finally
        {
            await cluster.Kubectl.RunAsync("delete", "netreach", "rewritten", "--ignore-not-found");
        }
    }

    private async Task ApplyAsync(int qps, string name = "edited", int seconds = 2)
    {
        var applied = await cluster.Kubectl.RunWithInputAsync(
            $$"""
            apiVersion: kdoctor.io/v1beta1
            kind: NetReach
            metadata: {name: {{name}}}
            spec:
              request: {durationInSecond: {{seconds}}, qps: {{qps}}, perRequestTimeoutInMS: 2000}
              schedule: {roundNumber: 1, roundTimeoutMinute: 1, schedule: 0 1}
              target: {clusterIP: false, nodePort: false}
            """,
            "apply", "-f", "-");
        Assert.True(applied.ExitCode == 0, applied.All);
    }

    private async Task<string> StatusAsync(string path, string name = "edited") => (await cluster.Kubectl.RunAsync("get", "netreach", name, "-o", "jsonpath=" + path)).Output;
}
