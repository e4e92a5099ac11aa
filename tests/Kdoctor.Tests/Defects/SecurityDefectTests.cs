using System.Collections.Concurrent;
using System.Text.Json;
using Kdoctor.Cli.Lab;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Protocol;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Tasks;
using Kdoctor.Probing.Http;
using Kdoctor.Probing.Http2;
using Kdoctor.TestKit;
using Kdoctor.TestKit.Rude;
using Kdoctor.Tests.Cli.Installing;
using Kdoctor.Tests.EndToEnd;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Kdoctor.Tests.Defects;

/// <summary>Defects of security that no one part alone could have.</summary>
public sealed class SecurityDefectTests
{
    /// <summary>S1, any text that reached port 3000 ran in a shell. Against the defect: the protocol has a message for commands, the agent listens for calls, or code starts a process.</summary>
    /// <remarks>Seen red: a class of the agent starts bash.</remarks>
    [Fact]
    public void S1_an_agent_listens_for_no_calls_knows_four_messages_and_starts_no_process()
    {
        Assert.Equal(["Welcome", "Assignment", "Cancel", "Acknowledged"], Enum.GetNames<ControllerMessage.BodyOneofCase>().Where(name => name != "None"));
        var packages = Repository.Files("src", ".csproj").Where(file => file.Contains("Agent", StringComparison.Ordinal) || file.Contains("Probing", StringComparison.Ordinal)).Select(Repository.Read).ToList();
        Assert.Equal(2, packages.Count);
        Assert.All(packages, project => Assert.DoesNotContain("Grpc.AspNetCore", project, StringComparison.Ordinal));
        foreach (var file in Repository.Files("src", ".cs"))
        {
            foreach (var word in new[] { "ProcessStartInfo", "Process.Start", "new Process(", "execve", "posix_spawn" })
                Assert.False(Repository.Read(file).Contains(word, StringComparison.Ordinal), $"{file} starts a process: {word}");
        }
    }

    /// <summary>S4, the authority's private key was on every agent. Against the defect: the agents' pods mount a Secret, or more of the ConfigMap than the certificate.</summary>
    /// <remarks>Seen red: agents.yaml mounts a Secret.</remarks>
    [Fact]
    public void S4_an_agents_pod_holds_the_authoritys_certificate_and_no_key()
    {
        var pod = DryRun.Of().Only("DaemonSet")["spec"]!["template"]!["spec"]!;
        var volumes = pod["volumes"]!.AsArray().Select(volume => volume!.AsObject()).ToList();
        Assert.All(volumes, volume => Assert.False(volume.ContainsKey("secret") || volume.ContainsKey("hostPath")));
        var authority = volumes.Single(volume => volume.ContainsKey("configMap"))["configMap"]!;
        Assert.Equal(["ca.crt"], authority["items"]!.AsArray().Select(item => item!["key"]!.ToString()));
        Assert.DoesNotContain("secretKeyRef", pod.ToJsonString(), StringComparison.Ordinal);
    }

    /// <summary>S6, headers and bodies with their credentials were logged. Against the defect: the header's value, the body's, or one in the URL, is found in the report or in a line that a lab logs at its most talkative.</summary>
    /// <remarks>Seen red: RoundCollector logs the task's spec, and the body.</remarks>
    [Fact]
    public async Task S6_no_log_line_and_no_report_has_a_tasks_credentials()
    {
        var asked = new ConcurrentQueue<string>();
        await using var server = RudeServer.Start(async connection =>
        {
            asked.Enqueue(await connection.ReadRequestAsync());
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
        using var logs = new Lines();
        using var factory = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(logs));
        var reports = await LabRun.RunAsync(
            $$"""
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: order, namespace: shop}
            data: {body: hunter2-in-a-body}
            ---
            apiVersion: kdoctor.io/v1beta1
            kind: AppHttpHealthy
            metadata: {name: secretive}
            spec:
              request: {durationInSecond: 1, perRequestTimeoutInMS: 900, qps: 5}
              schedule: {roundNumber: 1, roundTimeoutMinute: 1, schedule: 0 1}
              target: {method: POST, host: 'http://127.0.0.1:{{server.EndPoint.Port}}/?token=hunter2-in-a-url', bodyConfigmapName: order, bodyConfigmapNamespace: shop, header: ['Authorization: Bearer hunter2-in-a-header']}
            """,
            new LabOptions { Nodes = 1 }, factory);
        Assert.Equal("succeed", Assert.Single(reports).Report.LatestRound!.Status);
        Assert.All(asked, head => Assert.StartsWith("POST /?token=hunter2-in-a-url HTTP/1.1", head, StringComparison.Ordinal));
        Assert.DoesNotContain("hunter2", JsonSerializer.Serialize(reports[0], ReportJson.Default.KdoctorReport), StringComparison.Ordinal);
        Assert.Contains(logs.Seen, line => line.Contains("secretive", StringComparison.Ordinal));
        Assert.DoesNotContain(logs.Seen, line => line.Contains("hunter2", StringComparison.Ordinal));
    }

    /// <summary>S6, headers and bodies with their credentials were logged. Against the defect: a credential that cannot be sent is repeated in the problem that says so, which agents log and the report shows.</summary>
    /// <remarks>Seen red: RequestTemplate repeats the text; SchemaReader repeats a text where a list is wanted.</remarks>
    [Theory]
    [InlineData("['Authorization: Bearer “hunter2”']")]
    [InlineData("['Authorization: Bearer hunter2€']")]
    [InlineData("['Authorization: Bearer hunter2\u200b']")]
    [InlineData("['Host: hunter2 hunter2']")]
    [InlineData("['hunter2']")]
    [InlineData("['hunter2\u200b: 1']")]
    [InlineData("'Authorization: Bearer hunter2'")]
    [InlineData("[{Authorization: Bearer hunter2}]")]
    public void S6_no_refusal_repeats_a_header(string header)
    {
        var file = TaskFile.Read($"apiVersion: kdoctor.io/v1beta1\nkind: AppHttpHealthy\nmetadata: {{name: a}}\nspec: {{target: {{host: shop, method: GET, header: {header}}}}}", TaskLimits.Default);
        Assert.DoesNotContain("hunter2", Assert.Single(file.Problems).Text, StringComparison.Ordinal);
        var plan = new HttpRequestPlan { Method = "GET", RequestTarget = "/", HostHeader = "shop", Headers = [header, "X-A: hunter2\u200b"] };
        Assert.DoesNotContain("hunter2", Assert.Throws<ArgumentException>(() => new RequestTemplate(plan, default)).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", Assert.Throws<ArgumentException>(() => new RequestFrames(plan, default)).Message, StringComparison.Ordinal);
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Seen { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Seen.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
