using System.Text.RegularExpressions;
using Kdoctor.Core.Reports;
using Kdoctor.TestKit.Contract;
using Kdoctor.TestKit.Processes;
using Xunit;

namespace Kdoctor.Tests.EndToEnd;

/// <summary>What <c>kill -9</c> may not do to a lab's tasks and reports.</summary>
[Trait("area", "kill")]
public sealed partial class KillTests : IDisposable
{
    private const int Kills = 20;

    // A report shows so many of the rounds that the store keeps.
    private const int RoundsShown = 20;

    private const string Manifest = """
        apiVersion: kdoctor.io/v1beta1
        kind: NetReach
        metadata: {name: heartbeat}
        spec:
          request: {durationInSecond: 1, qps: 5, perRequestTimeoutInMS: 500}
          schedule: {roundNumber: -1, roundTimeoutMinute: 1, schedule: "@every 2s"}
          target: {clusterIP: false, nodePort: false}
        """;

    private readonly string data = Directory.CreateTempSubdirectory("kdoctor-kill-").FullName;

    // Where in a round the kill strikes differs from turn to turn, and is the same in every run.
    private readonly Random chance = new(20);

    public void Dispose() => Directory.Delete(data, recursive: true);

    [Fact]
    public async Task Twenty_kills_in_a_minute_of_rounds_lose_no_task_and_no_report_and_repeat_no_round()
    {
        Assert.SkipUnless(Kubectl.Exists("kubectl"), "kubectl is not installed");
        var ended = new Dictionary<int, RoundSummary>();
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var lab = await RunningLab.StartAsync(data);
            using var kubectl = lab.Kubectl("kubectl");
            if (kill == 0)
                Assert.Equal(0, (await kubectl.RunWithInputAsync(Manifest, "apply", "-f", "-")).ExitCode);
            await AssertKeptAsync(kubectl, ended);
            await EventsAsync(kubectl, chance.Next(1, 5));
            await lab.Process.KillAsync();
        }

        await using var last = await RunningLab.StartAsync(data);
        using var reader = last.Kubectl("kubectl");
        Assert.Contains("heartbeat", (await reader.RunAsync("get", "netreach")).Output, StringComparison.Ordinal);
        await EventsAsync(reader, 6);
        var report = await AssertKeptAsync(reader, ended);
        Assert.Contains(report.Report.History, round => round.Status == "succeed");
        Assert.True(report.Report.MissedRounds is { Count: > 0 }, "starting takes longer than a second: some due times must have been missed, and recorded");
    }

    /// <summary>Every round that was seen to have ended is still there, as it was; no number is there twice or left out.</summary>
    private static async Task<KdoctorReport> AssertKeptAsync(Kubectl kubectl, Dictionary<int, RoundSummary> ended)
    {
        var report = await RunningLab.ReportAsync(kubectl, "heartbeat");
        var history = report.Report.History;
        Assert.Equal(history.Select(round => round.RoundNumber), Enumerable.Range(report.Status.RoundNumber - history.Count + 1, history.Count).Reverse());
        Assert.True(history.Count >= Math.Min(RoundsShown, report.Status.RoundNumber));
        Assert.Equal(history.Count, history.Select(round => round.DueTimeStamp).Distinct().Count());
        foreach (var (number, before) in ended.Where(round => round.Key > report.Status.RoundNumber - RoundsShown))
        {
            var now = history.Single(round => round.RoundNumber == number);
            Assert.Equal((before.Status, before.Summary, before.EndTimeStamp), (now.Status, now.Summary, now.EndTimeStamp));
        }
        foreach (var round in history.Where(round => round.EndTimeStamp is not null))
            ended[round.RoundNumber] = round;
        return report;
    }

    /// <summary>Waits until the report has changed so many times: at a round's start, on its way, at its end.</summary>
    private static async Task EventsAsync(Kubectl kubectl, int count)
    {
        var seen = 0;
        await kubectl.FollowAsync(
            _ => true, () => Task.CompletedTask, line => ReportLine().IsMatch(line) && ++seen >= count, "get", "kdoctorreport", "-w");
    }

    [GeneratedRegex("^netreach-heartbeat ")]
    private static partial Regex ReportLine();
}
