using Kdoctor.ApiServer.Errors;
using Kdoctor.ApiServer.Objects;
using Kdoctor.ApiServer.Storage;
using Kdoctor.Controller.ReportApi;
using Kdoctor.TestKit.ApiServer;
using Kdoctor.Core.Tasks;
using Xunit;

namespace Kdoctor.Tests.Cli.Reporting;

/// <summary>Seen red: it was said that there is no such report, and nothing of the two that are there.</summary>
public sealed class AmbiguousNameTests
{
    [Fact]
    public async Task A_name_that_two_tasks_have_is_answered_with_both_reports_names()
    {
        await using var api = await LoopbackApi.StartAsync([ReportResource.Create(new TwoReports())], Clock.Real);

        var report = await CliRun.OfAsync(["report", "reach-task", "--kubeconfig", api.Kubeconfig]);
        Assert.Equal((3, $"kdoctor: no report reach-task at {api.Address}: 2 tasks are called reach-task: ask for netreach-reach-task or netdns-reach-task\n"), (report.ExitCode, report.Error));

        var other = await CliRun.OfAsync(["report", "other", "--kubeconfig", api.Kubeconfig]);
        Assert.EndsWith(": 'kubectl get kdoctorreport' lists what is there\n", other.Error, StringComparison.Ordinal);
    }

    private sealed class TwoReports : IResourceReader
    {
        private readonly WatchLog log = new(1);

        public ValueTask<ApiObject?> GetAsync(string? ns, string name, CancellationToken cancellationToken) => ValueTask.FromResult<ApiObject?>(null);

        public ValueTask<string?> InsteadOfAsync(string name, CancellationToken cancellationToken) => ValueTask.FromResult(ReportNames.InsteadOf(name, task => task is { Kind: not TaskKind.AppHttpHealthy, Name: "reach-task" }));

        public ValueTask<ObjectList> ListAsync(string? ns, CancellationToken cancellationToken) => ValueTask.FromResult(new ObjectList(1, []));

        public Attempt<WatchSubscription> Watch(long? since) => log.Follow(since ?? 1, 1);
    }
}
