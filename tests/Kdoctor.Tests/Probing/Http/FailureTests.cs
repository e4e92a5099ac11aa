using System.Net;
using System.Net.Sockets;
using Kdoctor.Core.Results;
using Kdoctor.TestKit.Rude;
using Xunit;
using static Kdoctor.Core.Results.FailureCause;
using static Kdoctor.Core.Results.FailureStage;

namespace Kdoctor.Tests.Probing.Http;

public sealed class FailureTests
{
    public static TheoryData<string, FailureStage, FailureCause> BadAnswers => new()
    {
        { "", FirstByte, Closed },
        { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", Body, Closed },
        { "HTTP/1.1 200 OK\r\nX: y\r\n", Body, Closed },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", Body, Closed },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", Body, BadAnswer },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", Body, BadAnswer },
        { "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nab", Body, BadAnswer },
        { "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nab", Body, BadAnswer },
        { "HTTP/1.1 101 Switching Protocols\r\n\r\n", Body, BadAnswer },
        { "SSH-2.0-OpenSSH_9.6\r\n", Body, BadAnswer },
        { "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc", Verify, BadAnswer },
        { "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", Verify, WrongStatus },
        { "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", Verify, WrongStatus },
    };

    [Theory]
    [MemberData(nameof(BadAnswers))]
    public async Task A_bad_answer_is_named(string answer, FailureStage stage, FailureCause cause)
    {
        await using var server = RudeServer.Start(RudeScripts.Answer(answer));
        await using var loop = new ProbingLoop();
        ProbingLoop.AssertAll(await loop.ProbeAsync(ProbingLoop.Plan(server.EndPoint)), stage, cause);
    }

    [Theory]
    [InlineData("wrong agent", WrongAgent)]
    [InlineData("wrong nonce", WrongNonce)]
    [InlineData("no agent", WrongAgent)]
    [InlineData("no nonce", WrongNonce)]
    [InlineData("503", WrongStatus)]
    public async Task An_echo_that_is_not_the_expected_one_is_named(string rudeness, FailureCause cause)
    {
        await using var server = RudeServer.Start(RudeScripts.Answer(connection => rudeness switch
        {
            "wrong agent" => RudeScripts.EchoAnswer("other", connection.Nonce),
            "wrong nonce" => RudeScripts.EchoAnswer("right", "00000000000000ff"),
            "no agent" => $"HTTP/1.1 200 OK\r\nKdoctor-Nonce: {connection.Nonce}\r\nContent-Length: 0\r\n\r\n",
            "no nonce" => "HTTP/1.1 200 OK\r\nKdoctor-Agent-Id: right\r\nContent-Length: 0\r\n\r\n",
            _ => $"HTTP/1.1 503 No\r\nKdoctor-Agent-Id: right\r\nKdoctor-Nonce: {connection.Nonce}\r\nContent-Length: 0\r\n\r\n",
        }));
        await using var loop = new ProbingLoop();
        var shard = await loop.ProbeAsync(ProbingLoop.Plan(server.EndPoint, echo: true, agent: "right"));
        ProbingLoop.AssertAll(shard, Verify, cause);
        Assert.Equal(rudeness switch { "no agent" => [], "wrong agent" => ["other"], _ => ["right"] }, shard.Backends.Keys);
        Assert.All(shard.Samples, sample => Assert.NotEqual("", sample.Text));
    }

    /// <summary>C2, NetReach passed on 404, 502 and 503. Against the defect: no status is looked at where the task names none, and the default backend of an ingress is green.</summary>
    /// <remarks>Seen red: AnswerVerdict of HTTP takes any status where none is expected, and no name for an agent's.</remarks>
    [Theory]
    [InlineData("404 Not Found")]
    [InlineData("502 Bad Gateway")]
    [InlineData("503 Service Unavailable")]
    public async Task C2_a_mesh_target_answered_by_a_proxy_in_place_of_an_agent_fails(string status)
    {
        await using var proxy = RudeServer.Start(RudeScripts.Answer($"HTTP/1.1 {status}\r\nContent-Length: 21\r\n\r\ndefault backend - 404"));
        await using var loop = new ProbingLoop();
        var shard = await loop.ProbeAsync(ProbingLoop.Plan(proxy.EndPoint, echo: true));
        ProbingLoop.AssertAll(shard, Verify, WrongStatus);
        Assert.Equal($"status {status[..3]}, expected 2xx", shard.Samples[0].Text);
    }

    [Fact]
    public async Task A_right_echo_succeeds_and_its_backend_is_counted()
    {
        await using var server = RudeServer.Start(RudeScripts.Echo("right"));
        await using var loop = new ProbingLoop();
        var shard = await loop.ProbeAsync(ProbingLoop.Plan(server.EndPoint, echo: true, agent: "right"), requests: 20);
        Assert.Equal((20, 20, 20), (shard.Succeeded, shard.Backends["right"], shard.Statuses[200]));
        Assert.Equal(40, shard.BodyBytes);
        Assert.Empty(shard.Failures);
    }

    [Fact]
    public async Task A_closed_port_refuses()
    {
        using var port = new ClosedPort();
        await using var loop = new ProbingLoop();
        ProbingLoop.AssertAll(await loop.ProbeAsync(ProbingLoop.Plan(port.EndPoint)), Connect, Refused);
    }

    [Fact]
    public async Task A_black_hole_times_out_in_connect()
    {
        using var hole = new BlackHole();
        await using var loop = new ProbingLoop();
        ProbingLoop.AssertAll(await loop.ProbeAsync(ProbingLoop.Plan(hole.EndPoint), timeoutMs: 200), Connect, TimedOut);
    }

    [Fact]
    public async Task An_address_without_a_route_is_unreachable()
    {
        // 240.0.0.0/4 is reserved (RFC 1112 section 4); Linux has no route for the broadcast address of a connection.
        await using var loop = new ProbingLoop();
        ProbingLoop.AssertAll(await loop.ProbeAsync(ProbingLoop.Plan(new IPEndPoint(IPAddress.Broadcast, 9)), timeoutMs: 500), Connect, Unreachable);
    }

    [Fact]
    public async Task A_source_address_of_another_machine_is_a_local_matter()
    {
        await using var server = RudeServer.Start(RudeScripts.Echo("right"));
        await using var loop = new ProbingLoop();
        var shard = await loop.ProbeAsync(ProbingLoop.Plan(server.EndPoint) with { SourceIp = "192.0.2.1" });
        ProbingLoop.AssertAll(shard, Connect, LocalResource);
    }

    [Fact]
    public async Task The_source_address_is_the_one_asked_for()
    {
        var seen = "";
        await using var server = RudeServer.Start(async connection =>
        {
            seen = connection.ClientAddress;
            await RudeScripts.Echo("right")(connection);
        });
        await using var loop = new ProbingLoop();
        var shard = await loop.ProbeAsync(ProbingLoop.Plan(server.EndPoint) with { SourceIp = "127.9.8.7" }, requests: 1);
        Assert.Equal((1, "127.9.8.7"), (shard.Succeeded, seen));
    }

    [Theory]
    [InlineData("", FirstByte)]
    [InlineData("HTTP/1.1 200 OK\r\n", Body)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na", Body)]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n", Body)]
    public async Task A_stall_times_out_where_it_stalls(string answer, FailureStage stage)
    {
        await using var server = RudeServer.Start(RudeScripts.StallAfter(answer));
        await using var loop = new ProbingLoop();
        ProbingLoop.AssertAll(await loop.ProbeAsync(ProbingLoop.Plan(server.EndPoint), timeoutMs: 1000), stage, TimedOut);
    }

    [Fact]
    public async Task A_request_that_is_not_taken_times_out_in_send()
    {
        await using var server = RudeServer.Start(connection => connection.HangAsync());
        await using var loop = new ProbingLoop();
        var plan = ProbingLoop.Plan(server.EndPoint, method: "POST") with { Body = new byte[16 * 1024 * 1024] };
        ProbingLoop.AssertAll(await loop.ProbeAsync(plan, requests: 1, timeoutMs: 1000), Send, TimedOut);
    }

    [Fact]
    public async Task Endless_answers_end()
    {
        await using var headers = RudeServer.Start(RudeScripts.EndlessHeaders());
        await using var line = RudeServer.Start(RudeScripts.EndlessLine());
        await using var body = RudeServer.Start(RudeScripts.EndlessBody());
        await using var chunks = RudeServer.Start(RudeScripts.EndlessChunks());
        await using var loop = new ProbingLoop();
        var result = await loop.RunAsync(ProbingLoop.Load(1, 2000, new[] { headers, line, body, chunks }.Select(server => ProbingLoop.Plan(server.EndPoint))));
        ProbingLoop.AssertAll(result.Targets[0], Body, BadAnswer);
        ProbingLoop.AssertAll(result.Targets[1], Body, BadAnswer);
        ProbingLoop.AssertAll(result.Targets[2], Body, TimedOut);
        ProbingLoop.AssertAll(result.Targets[3], Body, TimedOut);
        Assert.True(result.Targets[2].BodyBytes > 0);
    }

    [Fact]
    public async Task A_peer_that_never_closes_after_its_answer_is_a_success_of_the_answers_latency()
    {
        await using var server = RudeServer.Start(RudeScripts.StallAfter("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
        await using var loop = new ProbingLoop();
        var shard = await loop.ProbeAsync(ProbingLoop.Plan(server.EndPoint), timeoutMs: 10_000);
        Assert.Equal(shard.Planned, shard.Succeeded);
    }

    [Fact]
    public async Task Bytes_that_come_later_than_the_answer_are_seen_too()
    {
        await using var server = RudeServer.Start(async connection =>
        {
            await RudeScripts.Answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")(connection);
            await Task.Yield();
            await connection.SendAsync("HTTP/1.1 200 OK\r\n");
        });
        await using var loop = new ProbingLoop();
        ProbingLoop.AssertAll(await loop.ProbeAsync(ProbingLoop.Plan(server.EndPoint)), Verify, BadAnswer);
    }

    [Theory]
    [InlineData(SocketError.HostNotFound, NoSuchName)]
    [InlineData(SocketError.NoRecovery, BadAnswer)]
    [InlineData(SocketError.TryAgain, TimedOut)]
    public async Task A_name_that_leads_nowhere_fails_in_resolve(SocketError error, FailureCause cause)
    {
        await using var loop = new ProbingLoop((_, _, _) => Task.FromException<IReadOnlyList<IPAddress>>(new SocketException((int)error)));
        var shard = await loop.ProbeAsync(ProbingLoop.Plan(new IPEndPoint(IPAddress.Loopback, 80)) with { Host = "nowhere.test" });
        ProbingLoop.AssertAll(shard, Resolve, cause);
        Assert.Null(shard.ResolvedAddress);
        Assert.StartsWith("no address of nowhere.test was found: ", shard.Samples[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resolver_that_does_not_answer_times_out_in_resolve()
    {
        await using var loop = new ProbingLoop((_, _, ended) => new TaskCompletionSource<IReadOnlyList<IPAddress>>().Task.WaitAsync(ended));
        var shard = await loop.ProbeAsync(ProbingLoop.Plan(new IPEndPoint(IPAddress.Loopback, 80)) with { Host = "slow.test" }, timeoutMs: 200);
        ProbingLoop.AssertAll(shard, Resolve, TimedOut);
    }

    [Fact]
    public async Task A_name_is_resolved_once_for_all_its_requests()
    {
        var lookUps = 0;
        await using var server = RudeServer.Start(RudeScripts.Echo("right"));
        await using var loop = new ProbingLoop((_, _, _) =>
        {
            Interlocked.Increment(ref lookUps);
            return Task.FromResult<IReadOnlyList<IPAddress>>([IPAddress.Loopback]);
        });
        var shard = await loop.ProbeAsync(ProbingLoop.Plan(server.EndPoint) with { Host = "echo.test" }, requests: 10);
        Assert.Equal((10, "127.0.0.1", 1), (shard.Succeeded, shard.ResolvedAddress, lookUps));
    }

    [Fact]
    public async Task A_names_first_address_is_asked_and_the_others_are_told_of()
    {
        await using var server = RudeServer.Start(RudeScripts.Echo("right"));
        IPAddress[] known = [IPAddress.Loopback, IPAddress.IPv6Loopback, .. Enumerable.Range(1, 30).Select(number => IPAddress.Parse($"192.0.2.{number}"))];
        await using var loop = new ProbingLoop((_, _, _) => Task.FromResult<IReadOnlyList<IPAddress>>(known));
        var shard = await loop.ProbeAsync(ProbingLoop.Plan(server.EndPoint) with { Host = "many.test" }, requests: 10);

        Assert.Equal((10, "127.0.0.1"), (shard.Succeeded, shard.ResolvedAddress));
        Assert.Equal(known[1..16].Select(address => address.ToString()), shard.OtherAddresses);
    }

    [Fact]
    public async Task A_reset_at_every_byte_is_never_a_success_and_always_named()
    {
        const string answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nT: x\r\n\r\n";
        var next = -1;
        await using var server = RudeServer.Start(connection => RudeScripts.ResetAfter(answer[..Interlocked.Increment(ref next)])(connection));
        await using var loop = new ProbingLoop();
        var shard = await loop.ProbeAsync(ProbingLoop.Plan(server.EndPoint), requests: answer.Length);
        Assert.Equal(0, shard.Succeeded);
        Assert.All(shard.Failures.Keys, failure =>
        {
            Assert.Equal(Reset, failure.Cause);
            Assert.Contains(failure.Stage, new[] { FirstByte, Body });
        });
        Assert.Equal(answer.Length, shard.Failed);
    }
}
