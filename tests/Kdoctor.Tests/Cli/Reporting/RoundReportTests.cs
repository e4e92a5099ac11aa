using System.Text.Json;
using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Errors;
using Kdoctor.ApiServer.Objects;
using Kdoctor.ApiServer.Storage;
using Kdoctor.Controller.ReportApi;
using Kdoctor.Core.Reports;
using Kdoctor.TestKit.ApiServer;
using Xunit;

namespace Kdoctor.Tests.Cli.Reporting;

/// <summary><c>kdoctor report NAME --round N</c>.</summary>
public sealed class RoundReportTests
{
    [Theory]
    [InlineData(1, "succeed", 0)]
    [InlineData(2, "fail", 1)]
    [InlineData(3, "unknown", 3)]
    public async Task One_round_is_printed_and_its_verdict_alone_is_the_exit_code(int round, string verdict, int exitCode)
    {
        await using var api = await LoopbackApi.StartAsync([ReportResource.Create(new Rounds())], Clock.Real);

        var run = await CliRun.OfAsync(["report", "reach", "--round", $"{round}", "--no-color", "--kubeconfig", api.Kubeconfig]);

        Assert.Equal((exitCode, ""), (run.ExitCode, run.Error));
        Assert.Contains($"NetReach reach round {round} of 3: it was {verdict}", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_round_that_is_not_kept_is_answered_with_those_that_are()
    {
        await using var api = await LoopbackApi.StartAsync([ReportResource.Create(new Rounds())], Clock.Real);

        var run = await CliRun.OfAsync(["report", "reach", "--round", "4", "--kubeconfig", api.Kubeconfig]);
        Assert.Equal((3, $"kdoctor: no report reach:4 at {api.Address}: the rounds 1 to 3 are kept\n"), (run.ExitCode, run.Error));

        Assert.Equal(2, CliRun.Of(["report", "reach", "--round", "0"]).ExitCode);
    }

    private sealed class Rounds : IResourceReader
    {
        private static readonly string[] Verdicts = ["succeed", "fail", "unknown"];

        private readonly WatchLog log = new(1);

        public ValueTask<ApiObject?> GetAsync(string? ns, string name, CancellationToken cancellationToken) =>
            ValueTask.FromResult(name.Split(':') is ["reach", [>= '1' and <= '3'] digit] ? Report(digit[0] - '0') : null);

        public ValueTask<string?> InsteadOfAsync(string name, CancellationToken cancellationToken) => ValueTask.FromResult<string?>("the rounds 1 to 3 are kept");

        public ValueTask<ObjectList> ListAsync(string? ns, CancellationToken cancellationToken) => ValueTask.FromResult(new ObjectList(1, []));

        public Attempt<WatchSubscription> Watch(long? since) => log.Follow(since ?? 1, 1);

        // Rounds before it are in its history, and have no say in the exit code.
        private static ApiObject Report(int round)
        {
            var history = Enumerable.Range(1, round).Reverse().Select(number => new RoundSummary
            {
                RoundNumber = number, Status = Verdicts[number - 1], Summary = $"it was {Verdicts[number - 1]}", EndTimeStamp = DateTimeOffset.UnixEpoch, ExpectedAgents = 0,
                DueTimeStamp = DateTimeOffset.UnixEpoch, StartTimeStamp = DateTimeOffset.UnixEpoch, DeadLineTimeStamp = DateTimeOffset.UnixEpoch,
            }).ToList();
            var report = new KdoctorReport
            {
                Metadata = new ReportMetadata($"netreach-reach:{round}", "uid", null, "1", null),
                Task = new ReportTask("reach", "NetReach", 1, []),
                Status = new ReportStatus { TotalRoundNumber = 3, RoundFinishedNumber = 3, RoundNumber = round, Status = "Finished" },
                Report = new ReportBody { LatestRound = history[0], LatestRoundReport = [], Findings = [], Channels = [], LeftOut = [], Notes = [], History = history },
            };
            return new ApiObject((JsonObject)JsonSerializer.SerializeToNode(report, ReportJson.Default.KdoctorReport)!);
        }
    }
}
