using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Kdoctor.TestKit.Http2;
using Kdoctor.TestKit.Processes;
using Kdoctor.TestKit.Tls;
using Kdoctor.Tests.Cli;
using Kdoctor.Tests.Probing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace Kdoctor.Tests.EndToEnd;

/// <summary><c>kdoctor probe http</c> as people run it.</summary>
public sealed class ProbeHttpTests : IDisposable
{
    private readonly TestAuthority authority = new();

    [Theory]
    [InlineData("http", false)]
    [InlineData("http", true)]
    [InlineData("https", false)]
    [InlineData("https", true)]
    public async Task Requests_at_a_rate_are_answered_and_their_phases_told(string scheme, bool http2)
    {
        await using var server = await StartAsync(scheme, http2);
        var (exit, report) = await ProbeAsync(server.Port, scheme, http2 ? ["--http2"] : []);
        Assert.Equal(0, exit);
        Assert.Equal(50, report["requests"]!["succeeded"]!.GetValue<int>());
        Assert.Equal(50, report["answers"]!["200"]!.GetValue<int>());
        Assert.Equal(50, report["phases"]!["firstByte"]!["counts"]!.GetValue<int>());
        Assert.Equal(scheme == "https", report["phases"]!["tls"] is not null);
        Assert.Equal(http2, report["target"]!["http2"]!.GetValue<bool>());
        Assert.Equal(scheme == "https", report["target"]!.AsObject().ContainsKey("serverVerified"));
        Assert.False(report["target"]!["serverVerified"]?.GetValue<bool>() ?? false);
    }

    [Fact]
    public async Task A_connection_per_request_and_a_closed_loop_are_said_so()
    {
        await using var server = await StartAsync("http", http2: false);
        var (exit, report) = await ProbeAsync(server.Port, "http", ["--no-keepalive"]);
        Assert.Equal(0, exit);
        Assert.Equal(50, report["phases"]!["connect"]!["counts"]!.GetValue<int>());
        Assert.False(report["target"]!["keepAlive"]!.GetValue<bool>());
        var result = await KdoctorProcess.RunAsync(["probe", "http", $"127.0.0.1:{server.Port}/", "--rate", "max", "--connections", "3", "--duration", "200ms", "--timeout", "20s"]);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("a closed loop of 3 requests under way", result.Output, StringComparison.Ordinal);
        Assert.Contains("first byte ms", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task S3_a_server_that_the_given_authority_does_not_know_fails_by_name()
    {
        using var stranger = new TestAuthority();
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, stranger.Pem, TestContext.Current.CancellationToken);
            await using var server = await StartAsync("https", http2: false);
            var (exit, report) = await ProbeAsync(server.Port, "https", ["--cacert", file]);
            Assert.Equal(1, exit);
            Assert.Equal(50, report["failures"]!["handshake: certificate untrusted"]!.GetValue<int>());
            Assert.True(report["target"]!["serverVerified"]!.GetValue<bool>());
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task An_authority_that_is_no_certificate_is_a_wrong_line()
    {
        var result = await KdoctorProcess.RunAsync(["probe", "http", "https://127.0.0.1:1/", "--cacert", Environment.ProcessPath!]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("the authorities cannot be read as PEM certificates", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_that_is_wrong_with_the_line_is_told_at_once()
    {
        var result = await CliRun.OfAsync(["probe", "http", "ftp://x/", "--header", "no-colon", "--cert", "/none/such", "--streams", "0"]);
        Assert.Equal(2, result.ExitCode);
        foreach (var words in new[] { "URL: ", "--header ", "--cert /none/such: there is no such file", "--streams 0: must be 1 to 1000", "--cert and --key belong together" })
            Assert.Contains(words, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_is_read_from_the_file_that_is_named_behind_the_sign()
    {
        var bodies = new ConcurrentBag<string>();
        await using var server = await HonestServer.StartAsync(HttpProtocols.Http1, null, async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            bodies.Add(await reader.ReadToEndAsync());
        });
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "--rate 5\none apple", TestContext.Current.CancellationToken);
            var run = await CliRun.OfAsync(
                ["probe", "http", $"http://127.0.0.1:{server.Port}/", "--method", "POST", "--body", $"@{file}", "--rate", "50", "--duration", "100ms", "--timeout", "20s"], time: ProbingLoop.Clock);
            Assert.Equal((0, ""), (run.ExitCode, run.Error));
        }
        finally
        {
            File.Delete(file);
        }
        Assert.Equal(5, bodies.Count);
        Assert.All(bodies, body => Assert.Equal("--rate 5\none apple", body));
    }

    public void Dispose() => authority.Dispose();

    private Task<HonestServer> StartAsync(string scheme, bool http2) => HonestServer.StartAsync(
        http2 ? HttpProtocols.Http2 : HttpProtocols.Http1, scheme == "https" ? authority.Issue(["127.0.0.1"]) : null, context => context.Response.WriteAsync("ok"));

    private static async Task<(int Exit, JsonNode Report)> ProbeAsync(int port, string scheme, string[] options)
    {
        var result = await KdoctorProcess.RunAsync(
            ["probe", "http", $"{scheme}://127.0.0.1:{port}/", "--rate", "100", "--duration", "500ms", "--timeout", "20s", "-o", "json", .. options]);
        return (result.ExitCode, JsonNode.Parse(result.Output)!);
    }
}
