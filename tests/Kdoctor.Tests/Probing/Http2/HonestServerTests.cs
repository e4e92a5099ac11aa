using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Probing.Http;
using Kdoctor.TestKit.Http2;
using Kdoctor.TestKit.Tls;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace Kdoctor.Tests.Probing.Http2;

/// <summary>Both versions, plain and over TLS, against a server that nobody here wrote.</summary>
public sealed class HonestServerTests : IAsyncLifetime
{
    private readonly TestAuthority authority = new();
    private readonly ProbeBench bench = new();
    private readonly ConcurrentQueue<string> seen = new();

    public static TheoryData<bool, bool, bool> Ways => new()
    {
        { false, false, false }, { false, true, false }, { true, false, false }, { true, true, false },
        { false, false, true }, { false, true, true }, { true, false, true }, { true, true, true },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Every_method_and_its_body_arrive_and_the_answer_is_counted(bool http2, bool tls, bool keep)
    {
        await using var server = await StartAsync(http2, tls);
        foreach (var method in new[] { "GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "HEAD" })
        {
            var body = method is "POST" or "PUT" or "PATCH" ? Encoding.ASCII.GetBytes(new string('b', 200_000)) : [];
            var plan = Plan(server.Port, http2, tls, keep, method) with { Body = body };
            var shard = await bench.ProbeAsync(plan, requests: 3, rate: 300);
            Assert.True(shard.Succeeded == 3, $"{method}: {string.Join(", ", shard.Failures.Keys)} {shard.Samples.FirstOrDefault()?.Text}");
            Assert.Equal(method == "HEAD" ? 0 : 3 * 30_000, shard.BodyBytes);
            Assert.Equal(keep ? 1 : 3, Math.Min(shard.Phases.Connect!.Count, keep ? 1 : 3));
        }
        var version = http2 ? "HTTP/2" : "HTTP/1.1";
        Assert.All(seen, line => Assert.StartsWith($"{version} /path?q=1 test:1 ", line, StringComparison.Ordinal));
        Assert.Equal(9, seen.Count(line => line.EndsWith(" 200000 yes", StringComparison.Ordinal)));
        Assert.Equal(21, seen.Count(line => line.EndsWith(" yes", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_echo_is_held_to_its_identity_and_nonce(bool http2)
    {
        await using var server = await StartAsync(http2, tls: true);
        var plan = Plan(server.Port, http2, tls: true, keep: true, "GET");
        plan = plan with { Request = plan.Request with { Echo = true }, ExpectedAgentIds = FrozenSet.Create("agent-7") };
        var shard = await bench.ProbeAsync(plan, requests: 20, rate: 1000);
        Assert.Equal(20, shard.Succeeded);
        Assert.Equal(20, shard.Backends["agent-7"]);
        var wrong = await bench.ProbeAsync(plan with { ExpectedAgentIds = FrozenSet.Create("agent-8") });
        Assert.Equal([new Failure(FailureStage.Verify, FailureCause.WrongAgent)], wrong.Failures.Keys);
    }

    [Fact]
    public async Task Many_requests_share_few_connections()
    {
        await using var server = await StartAsync(http2: true, tls: true);
        var shard = await bench.ProbeAsync(Plan(server.Port, http2: true, tls: true, keep: true, "GET") with { StreamsPerConnection = 10 }, requests: 500, rate: 5000, maxOutstanding: 40);
        Assert.Equal(500, shard.Succeeded);
        Assert.InRange(seen.Select(line => line.Split(' ')[3]).Distinct().Count(), 1, 4);
    }

    [Fact]
    public async Task A_server_without_http_2_is_the_wrong_protocol_of_the_handshake()
    {
        await using var server = await StartAsync(http2: false, tls: true);
        var shard = await bench.ProbeAsync(Plan(server.Port, http2: true, tls: true, keep: false, "GET"));
        Assert.Equal([new Failure(FailureStage.Handshake, FailureCause.WrongProtocol)], shard.Failures.Keys);
    }

    [Fact]
    public async Task Descriptors_come_back_whatever_became_of_the_requests()
    {
        await using var server = await StartAsync(http2: true, tls: true);
        await bench.ProbeAsync(Plan(server.Port, http2: true, tls: true, keep: false, "GET"), requests: 200, rate: 1000);
        await bench.ProbeAsync(Plan(server.Port, http2: true, tls: true, keep: true, "GET"), requests: 200, rate: 1000, timeout: TimeSpan.FromMilliseconds(1));
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries("/proc/self/fd").Select(SocketOf), socket => socket is not null && ConnectedTo(socket, server.Port));
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await bench.DisposeAsync();
        authority.Dispose();
    }

    private static string? SocketOf(string descriptor)
    {
        var target = new FileInfo(descriptor).LinkTarget;
        return target?.StartsWith("socket:[", StringComparison.Ordinal) == true ? target[8..^1] : null;
    }

    // A client's socket: its remote port is the server's, in /proc/net/tcp.
    private static bool ConnectedTo(string inode, int port) => File.ReadLines("/proc/net/tcp").Skip(1)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Any(fields => fields[9] == inode && Convert.ToInt32(fields[2].Split(':')[1], 16) == port);

    private Task<HonestServer> StartAsync(bool http2, bool tls) => HonestServer.StartAsync(
        http2 ? HttpProtocols.Http2 : HttpProtocols.Http1, tls ? authority.Issue(["127.0.0.1"]) : null, async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            seen.Enqueue($"{context.Request.Protocol} {context.Request.Path}{context.Request.QueryString} {context.Request.Host} {context.Connection.Id} {body.Length} {context.Request.Headers["X-Own"]}");
            context.Response.Headers["Kdoctor-Agent-Id"] = "agent-7";
            context.Response.Headers["Kdoctor-Nonce"] = context.Request.Headers["Kdoctor-Nonce"];
            if (context.Request.Method != "HEAD")
                await context.Response.WriteAsync(new string('a', 30_000));
        });

    private HttpProbePlan Plan(int port, bool http2, bool tls, bool keep, string method) => new()
    {
        Host = "127.0.0.1",
        Port = port,
        Request = new HttpRequestPlan
        {
            Method = method,
            RequestTarget = "/path?q=1",
            HostHeader = "test:1",
            Headers = ["X-Own: yes"],
            Http2 = http2,
            KeepAlive = keep,
            Tls = tls ? new TlsPlan { AuthoritiesPem = authority.Pem } : null,
        },
    };
}
