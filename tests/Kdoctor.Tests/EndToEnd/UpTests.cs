using System.Text.RegularExpressions;
using Kdoctor.TestKit.Contract;
using Kdoctor.TestKit.Processes;
using Xunit;

namespace Kdoctor.Tests.EndToEnd;

/// <summary>The lab as a service, with every kubectl there is.</summary>
[Trait("area", "kubectl")]
public sealed class UpTests : IAsyncLifetime
{
    private readonly string data = Directory.CreateTempSubdirectory("kdoctor-up-").FullName;
    private RunningLab lab = null!;

    public static TheoryData<string> Programs { get; } = [.. Kubectl.Programs];

    public async ValueTask InitializeAsync() => lab = await RunningLab.StartAsync(data);

    public async ValueTask DisposeAsync()
    {
        await lab.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task A_task_is_applied_run_and_reported_on(string program)
    {
        Assert.SkipUnless(Kubectl.Exists(program), $"{program} is not installed");
        using var kubectl = lab.Kubectl(program);

        // The manifest of the main job, made shorter: what it must show in full is RunTests' business.
        var manifest = (await File.ReadAllTextAsync(TestKit.Repository.Path("examples", "netreach.yaml"), TestContext.Current.CancellationToken))
            .Replace("durationInSecond: 10", "durationInSecond: 1", StringComparison.Ordinal);
        Assert.Equal("netreach.kdoctor.io/reach-task created\n", (await kubectl.RunWithInputAsync(manifest, "apply", "-f", "-")).All);
        await RunningLab.FinishedAsync(kubectl, "netreach", "reach-task");

        var table = (await kubectl.RunAsync("get", "netreach")).Output;
        Assert.Matches(@"^NAME\s+FINISH\s+EXPECTEDROUND\s+DONEROUND\s+LASTROUNDSTATUS\s+SCHEDULE\nreach-task\s+true\s+1\s+1\s+succeed\s+0 1\n$", table);
        Assert.Contains("reach-task", (await kubectl.RunAsync("get", "nr")).Output, StringComparison.Ordinal);
        Assert.Contains("netreach.kdoctor.io/reach-task", (await kubectl.RunAsync("get", "kdoctor")).Output, StringComparison.Ordinal);
        Assert.Matches(@"netreach-reach-task\s+NetReach\s+reach-task\s+1\s+Finished\s+succeed", (await kubectl.RunAsync("get", "kdoctorreport")).Output);

        var byOwnName = await RunningLab.ReportAsync(kubectl, "netreach-reach-task");
        var byTaskName = await RunningLab.ReportAsync(kubectl, "reach-task");
        Assert.Equal("netreach-reach-task", byTaskName.Metadata.Name);
        Assert.Equal(21, byOwnName.Report.LatestRoundReport.Sum(agent => agent.Measurements!.TargetNumber));
        Assert.Matches(@"Last Round Status:\s+succeed", (await kubectl.RunAsync("describe", "netreach", "reach-task")).Output);
        Assert.Matches(@"qps\s+<integer>", (await kubectl.RunAsync("explain", "netreach.spec.request")).Output);
        Assert.Matches(@"kdoctorreports\s+.*KdoctorReport", (await kubectl.RunAsync("api-resources")).Output);
        Assert.Equal("netreach.kdoctor.io/reach-task unchanged\n", (await kubectl.RunWithInputAsync(manifest, "apply", "-f", "-")).All);

        Assert.Contains("deleted", (await kubectl.RunAsync("delete", "netreach", "reach-task")).Output, StringComparison.Ordinal);
        Assert.Contains("not found", (await kubectl.RunAsync("get", "kdoctorreport", "reach-task")).Error, StringComparison.OrdinalIgnoreCase);
    }

    [Theory, MemberData(nameof(Programs))]
    public async Task A_wrong_task_is_refused_in_the_words_of_validate(string program)
    {
        Assert.SkipUnless(Kubectl.Exists(program), $"{program} is not installed");
        using var kubectl = lab.Kubectl(program);
        const string Manifest = """
            apiVersion: kdoctor.io/v1beta1
            kind: NetReach
            metadata: {name: wrong}
            spec: {request: {qps: 21}, schedule: {schedule: "1 2 3"}}
            """;
        var refused = await kubectl.RunWithInputAsync(Manifest, "apply", "-f", "-");
        var validated = await KdoctorProcess.RunAsync(["validate", "-f", "-"], Manifest);

        Assert.Equal(1, refused.ExitCode);
        Assert.Equal(2, validated.ExitCode);
        var words = validated.Output.TrimEnd().Split('\n').Select(line => Regex.Replace(line, @"^-:\d+: ", "")).ToList();
        Assert.Equal(2, words.Count);
        Assert.All(words, line => Assert.Contains(line, refused.Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_the_token_opens_the_api_and_only_over_tls()
    {
        var server = new Uri(Regex.Match(await File.ReadAllTextAsync(lab.Kubeconfig, TestContext.Current.CancellationToken), @"server: (\S+)").Groups[1].Value);
        using var stranger = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator });
        using var answer = await stranger.GetAsync(new Uri(server, "apis/kdoctor.io/v1beta1/netreaches"), TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, answer.StatusCode);

        await Assert.ThrowsAsync<HttpRequestException>(() => stranger.GetAsync(new UriBuilder(server) { Scheme = "http" }.Uri, TestContext.Current.CancellationToken));
        using var distrusting = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => distrusting.GetAsync(server, TestContext.Current.CancellationToken));
    }
}
