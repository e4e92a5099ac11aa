using System.Globalization;
using System.Net;
using Kdoctor.Core.Reports;
using Kdoctor.TestKit.Processes;
using Kdoctor.TestKit.Rude;
using Xunit;

namespace Kdoctor.Tests.EndToEnd;

/// <summary>One round against each way in which the other end may go wrong, all at once.</summary>
public sealed class FaultRound : IAsyncLifetime
{
    private readonly Dictionary<string, TargetReport> targets = new(StringComparer.Ordinal);

    /// <summary>What the agent measured against one fault.</summary>
    public TargetReport Of(string fault) => targets[fault];

    public async ValueTask InitializeAsync()
    {
        using var closed = new ClosedPort();
        using var hole = new BlackHole();
        await using var reset = RudeServer.Start(RudeScripts.ResetAfter("HTTP/1.1 200 OK\r\n"));
        await using var silent = RudeServer.Start(RudeScripts.Silent());
        await using var unavailable = RudeServer.Start(RudeScripts.Answer("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"));
        await using var slow = RudeServer.Start(async connection =>
        {
            await connection.ReadRequestAsync();
            // The slowness itself is what is tested: there is no event to wait for.
            await Task.Delay(TimeSpan.FromMilliseconds(60), TestKit.ApiServer.Clock.Real);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
        var manifests = new[]
        {
            Manifest("closed", closed.EndPoint), Manifest("hole", hole.EndPoint), Manifest("reset", reset.EndPoint),
            Manifest("silent", silent.EndPoint), Manifest("unavailable", unavailable.EndPoint), Manifest("slow", slow.EndPoint),
        };
        var result = await KdoctorProcess.RunAsync(["run", "-f", "-", "--nodes", "1", "-o", "json"], string.Join("\n---\n", manifests));
        Assert.True(result.ExitCode is 1 or 3, result.ToString());
        foreach (var report in result.Reports())
        {
            var agent = Assert.Single(report.Report.LatestRoundReport);
            // On a machine too busy for the agent to keep its timetable, slowness proves nothing, and nothing else may be claimed.
            Assert.True(report.Report.LatestRound!.Status == "fail" || agent.AgentOverload is not null, result.ToString());
            targets[report.Task.Name] = Assert.Single(agent.Measurements!.RoundTaskDetail);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string Manifest(string name, IPEndPoint server) => string.Create(CultureInfo.InvariantCulture, $$"""
        apiVersion: kdoctor.io/v1beta1
        kind: AppHttpHealthy
        metadata: {name: {{name}}}
        spec:
          target: {host: "http://{{server}}/", method: GET}
          request: {durationInSecond: 1, qps: 4, perRequestTimeoutInMS: 800}
          expect: {meanAccessDelayInMs: 50, successRate: 1}
          schedule: {roundNumber: 1, roundTimeoutMinute: 1, schedule: 0 1}
        """);
}
