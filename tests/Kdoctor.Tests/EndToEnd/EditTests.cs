using System.Globalization;
using System.Text.Json.Nodes;
using Kdoctor.TestKit.ApiServer;
using Kdoctor.TestKit.Contract;
using Kdoctor.TestKit.Processes;
using Kdoctor.TestKit.Rude;
using Xunit;

namespace Kdoctor.Tests.EndToEnd;

/// <summary>Tasks edited and deleted while they run, held against what the target itself counted.</summary>
public sealed class EditTests : IAsyncLifetime
{
    private const int Agents = 3;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(1);

    private readonly string data = Directory.CreateTempSubdirectory("kdoctor-edit-").FullName;
    private readonly PathCounts counts = new(Clock.Real);
    private RudeServer server = null!;
    private RunningLab lab = null!;

    public async ValueTask InitializeAsync()
    {
        server = RudeServer.Start(counts.AnswerAsync);
        lab = await RunningLab.StartAsync(data, Agents);
    }

    public async ValueTask DisposeAsync()
    {
        await lab.DisposeAsync();
        await server.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task An_edited_task_goes_on_with_its_new_spec_and_a_deleted_one_stops_its_load_within_a_second()
    {
        Assert.SkipUnless(Kubectl.Exists("kubectl"), "kubectl is not installed");
        using var kubectl = lab.Kubectl("kubectl");

        // 1. Edited: the old load ends, and the one round that the task asks for is run with the new spec.
        await ApplyAsync(kubectl, "edited", "/old", seconds: 50, qps: 50);
        await counts.ReachAsync("/old", 60);
        await ApplyAsync(kubectl, "edited", "/new", seconds: 1, qps: 10);
        var editedAt = Clock.Real.GetUtcNow();
        await RunningLab.FinishedAsync(kubectl, "apphttphealthy", "edited");
        Assert.Equal(Agents * 10, counts.Of("/new").Count);
        var status = JsonNode.Parse((await kubectl.RunAsync("get", "apphttphealthy", "edited", "-o", "json")).Output)!["status"]!;
        Assert.Equal((1, 1, "succeed"), (status["expectedRound"]!.GetValue<int>(), status["doneRound"]!.GetValue<int>(), status["lastRoundStatus"]!.GetValue<string>()));
        Assert.StartsWith("superseded: the task was changed while the round ran", status["history"]![1]!["failureReason"]!.GetValue<string>(), StringComparison.Ordinal);

        // 2. Deleted: another task runs for longer than the load may go on.
        await ApplyAsync(kubectl, "deleted", "/gone", seconds: 50, qps: 50);
        await counts.ReachAsync("/gone", 60);
        Assert.Equal(0, (await kubectl.RunAsync("delete", "apphttphealthy", "deleted", "--wait=false")).ExitCode);
        var deletedAt = Clock.Real.GetUtcNow();
        await ApplyAsync(kubectl, "after", "/after", seconds: 2, qps: 5);
        await RunningLab.FinishedAsync(kubectl, "apphttphealthy", "after");

        Assert.True(counts.Of("/old").Last - editedAt <= Bound, $"edited at {editedAt:HH:mm:ss.fff}; {counts}");
        Assert.True(counts.Of("/gone").Last - deletedAt <= Bound, $"deleted at {deletedAt:HH:mm:ss.fff}; {counts}");
        Assert.True(counts.Of("/after").Last - deletedAt > Bound, $"the watch over the deleted task's load was too short: {counts}");
    }

    /// <summary>Against the defect: the new spec of a finished task never runs, and its status and report show the verdict of the one before as its own.</summary>
    /// <remarks>Seen red: rounds are not counted anew.</remarks>
    [Fact]
    public async Task A_finished_task_that_is_edited_runs_its_new_spec_and_its_report_is_of_that()
    {
        Assert.SkipUnless(Kubectl.Exists("kubectl"), "kubectl is not installed");
        using var kubectl = lab.Kubectl("kubectl");
        await ApplyAsync(kubectl, "again", "/first", seconds: 1, qps: 10);
        await RunningLab.FinishedAsync(kubectl, "apphttphealthy", "again");
        await ApplyAsync(kubectl, "again", "/second", seconds: 1, qps: 10);
        await counts.ReachAsync("/second", 1);
        await RunningLab.FinishedAsync(kubectl, "apphttphealthy", "again");

        Assert.Equal((Agents * 10, Agents * 10), (counts.Of("/first").Count, counts.Of("/second").Count));
        var status = JsonNode.Parse((await kubectl.RunAsync("get", "apphttphealthy", "again", "-o", "json")).Output)!["status"]!;
        Assert.Equal((1, 1, 2), (status["expectedRound"]!.GetValue<int>(), status["doneRound"]!.GetValue<int>(), status["observedGeneration"]!.GetValue<int>()));
        Assert.Equal([2, 1], status["history"]!.AsArray().Select(round => round!["generation"]!.GetValue<int>()));
        var report = await RunningLab.ReportAsync(kubectl, "apphttphealthy-again");
        Assert.Equal((2, 2L, 2L), (report.Report.LatestRound!.RoundNumber, report.Task.Generation, report.Status.TaskGeneration));
        Assert.EndsWith("/second", report.Task.Spec["appHttpHealthy"]!["target"]!["host"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private async Task ApplyAsync(Kubectl kubectl, string name, string path, int seconds, int qps)
    {
        var manifest = string.Create(CultureInfo.InvariantCulture, $$"""
            apiVersion: kdoctor.io/v1beta1
            kind: AppHttpHealthy
            metadata: {name: {{name}}}
            spec:
              target: {host: "http://{{server.EndPoint}}{{path}}", method: GET}
              request: {durationInSecond: {{seconds}}, qps: {{qps}}, perRequestTimeoutInMS: 800}
              expect: {meanAccessDelayInMs: 800, successRate: 1}
              schedule: {roundNumber: 1, roundTimeoutMinute: 1, schedule: 0 60}
            """);
        var applied = await kubectl.RunWithInputAsync(manifest, "apply", "-f", "-");
        Assert.True(applied.ExitCode == 0, applied.All);
    }
}
