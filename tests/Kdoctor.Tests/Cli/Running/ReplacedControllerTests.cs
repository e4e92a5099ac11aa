using System.Text.Json;
using Kdoctor.ApiServer.Resources;
using Kdoctor.ApiServer.Storage;
using Kdoctor.Cli.Lab;
using Kdoctor.Controller.ReportApi;
using Kdoctor.Core.Reports;
using Kdoctor.TestKit.ApiServer;
using Kdoctor.TestKit.Reports;
using Xunit;

namespace Kdoctor.Tests.Cli.Running;

/// <summary>
/// <c>kdoctor run --kubeconfig</c> while the controller is being replaced: until another is there the API server answers for it, with
/// failures, or not at all.
/// </summary>
public sealed class ReplacedControllerTests : IAsyncLifetime
{
    private const string Tasks = "apis/kdoctor.io/v1beta1/netreaches";
    private const string Secrets = "api/v1/namespaces/shop/secrets";
    private const string Reports = "/apis/system.kdoctor.io/v1beta1/kdoctorreports";
    private const string Manifest = """
        apiVersion: v1
        kind: Secret
        metadata: {name: token, namespace: shop}
        stringData: {value: hidden}
        ---
        apiVersion: kdoctor.io/v1beta1
        kind: NetReach
        metadata: {name: reach-task}
        """;

    private readonly MeshRound mesh = MeshRound.Of(3);
    private readonly HurriedTime time = new();
    private readonly SqliteObjectStore store = SqliteObjectStore.Open(new SqliteObjectStoreOptions { Path = ":memory:" });
    private IResourceStore reports = null!;

    public async ValueTask InitializeAsync()
    {
        reports = store.Resource(ReportResource.Create(null!).Definition);
        await reports.CreateAsync(JsonSerializer.SerializeToNode(mesh.Report([.. mesh.Shards()]), ReportJson.Default.KdoctorReport)!.AsObject(), TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        store.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// A controller that starts again within the patience costs a run nothing but the time. Seen red: the watch was dialled again once,
    /// and its 503 ended the run with 3 and deleted the task that the new controller went on with.
    /// </summary>
    [Theory]
    [InlineData(429)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(0)]
    public async Task A_run_outlives_a_controller_that_is_away_for_less_than_its_patience(int code)
    {
        var (watches, reads) = (0, 0);
        await using var api = await StartAsync((method, path) => path switch
        {
            Reports when ++watches <= 60 => code,
            $"{Reports}/netreach-reach-task" when ++reads <= 60 => code,
            _ => null,
        });

        var run = await RunAsync(api);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("reach-task", run.Output, StringComparison.Ordinal);
        Assert.Equal(2, run.Error.Split('\n').Count(line => line.StartsWith("waiting for the controller, until ", StringComparison.Ordinal)));
        Assert.Contains("reach-task: round 1 of 1 ended: succeed\n", run.Error, StringComparison.Ordinal);
        await AssertNothingLeftAsync(api);
    }

    [Fact]
    public async Task A_controller_that_does_not_come_back_ends_the_run_after_its_patience_and_nothing_is_left()
    {
        var watches = 0;
        await using var api = await StartAsync((_, path) => path == Reports && ++watches > 0 ? 503 : null);
        var began = time.GetUtcNow();

        var run = await RunAsync(api);
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("kdoctor: no answer from the controller for 90 s: ", run.Error, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(90), time.GetUtcNow() - began);
        Assert.Equal(91, watches);
        await AssertNothingLeftAsync(api);
    }

    /// <summary>Seen red: what the run had made was deleted only after the last reading, and stayed when that was refused.</summary>
    [Theory]
    [InlineData(503)]
    [InlineData(403)]
    public async Task Reports_that_cannot_be_read_in_the_end_leave_nothing_behind(int code)
    {
        await using var api = await StartAsync((_, path) => path == $"{Reports}/netreach-reach-task" ? code : null);

        var run = await RunAsync(api);
        Assert.Equal((3, ""), (run.ExitCode, run.Output));
        await AssertNothingLeftAsync(api);
    }

    /// <summary>Seen red: the first deletion that was refused ended the cleaning, and the report was never printed.</summary>
    [Fact]
    public async Task What_cannot_be_deleted_is_named_and_keeps_neither_the_report_nor_the_rest()
    {
        await using var api = await StartAsync((method, path) => method == "DELETE" && path.StartsWith($"/{Tasks}/", StringComparison.Ordinal) ? 403 : null);

        var run = await RunAsync(api);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("reach-task", run.Output, StringComparison.Ordinal);
        Assert.Contains("kdoctor: what this run made may still be there: NetReach reach-task: the server answered 403", run.Error, StringComparison.Ordinal);
        Assert.Empty(await NamesAsync(api, Secrets));
    }

    private Task<LoopbackApi> StartAsync(Func<string, string, int?> instead) => LoopbackApi.StartAsync(
        [.. LabResources.Create(store), new ApiResource(ReportResource.Create(null!).Definition, (IResourceReader)reports)], Clock.Real, instead: instead);

    private Task<CliRun> RunAsync(LoopbackApi api) => CliRun.OfAsync(["run", "-f", "-", "--kubeconfig", api.Kubeconfig], Manifest, time);

    private static async Task AssertNothingLeftAsync(LoopbackApi api)
    {
        Assert.Empty(await NamesAsync(api, Tasks));
        Assert.Empty(await NamesAsync(api, Secrets));
    }

    private static async Task<IEnumerable<string>> NamesAsync(LoopbackApi api, string path) =>
        (await api.SendAsync(HttpMethod.Get, path)).Json["items"]!.AsArray().Select(item => item!["metadata"]!["name"]!.ToString());
}
