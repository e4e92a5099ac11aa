using Kdoctor.Core.Results;
using Kdoctor.Probing.Http;
using Kdoctor.Probing.Http2;
using Kdoctor.TestKit.Http2;
using Kdoctor.TestKit.Tls;
using Xunit;

namespace Kdoctor.Tests.Probing.Http2;

/// <summary>
/// Servers that end a connection with GOAWAY while requests are on their way, as nginx does every <c>keepalive_requests</c>: what it says was not processed goes on
/// another connection, openly and within bounds.
/// </summary>
/// <remarks>Seen red: such requests were failures, so that each thousandth request to a healthy ingress was one.</remarks>
public sealed class MovedRequestTests : IAsyncLifetime
{
    private const FrameFlags Whole = FrameFlags.EndHeaders | FrameFlags.EndStream;
    private static readonly Failure Refused = new(FailureStage.FirstByte, FailureCause.Refused);
    private readonly ProbeBench bench = new();

    [Fact]
    public async Task Streams_beyond_the_last_one_of_a_goaway_are_answered_on_another_connection()
    {
        var connections = 0;
        await using var peer = RudeHttp2Peer.Listen(async connection =>
        {
            if (Interlocked.Increment(ref connections) > 1)
            {
                await AnswerAllAsync(connection);
                return;
            }
            while (await connection.ReadRequestAsync() < 7)
            {
            }
            await LeaveAsync(connection, last: 3, Http2Error.NoError);
            await connection.SendAsync(FrameType.Headers, Whole, 1, RudeHttp2Peer.Ok);
            await connection.SendAsync(FrameType.Headers, Whole, 3, RudeHttp2Peer.Ok);
        });
        var shard = await bench.ProbeAsync(Plan(peer.Port, keep: true), requests: 4, rate: 1000);
        Assert.Equal((4, 4, 0, 2), (shard.Sent, shard.Succeeded, shard.Failed, shard.MovedRequests));
        Assert.Equal(2, peer.Connections);
        Assert.Equal(4, shard.Phases.FirstByte!.Count);
    }

    [Fact]
    public async Task A_request_with_a_body_is_sent_whole_again()
    {
        var connections = 0;
        var got = 0;
        await using var peer = RudeHttp2Peer.Listen(async connection =>
        {
            var first = Interlocked.Increment(ref connections) == 1;
            var stream = await connection.ReadRequestAsync();
            for (var part = 0; part < (first ? 16_384 : 60_000);)
                part += got = (await connection.ReadAsync(FrameType.Data)).Payload.Length;
            if (first)
                await LeaveAsync(connection, last: 0, Http2Error.NoError);
            else
                await connection.SendAsync(FrameType.Headers, Whole, stream, RudeHttp2Peer.Ok);
        });
        var plan = Plan(peer.Port, keep: false);
        var shard = await bench.ProbeAsync(plan with { Body = new byte[60_000], Request = plan.Request with { Method = "POST" } });
        Assert.Equal((1, 1), (shard.Succeeded, shard.MovedRequests));
        Assert.Equal(60_000 % 16_384, got);
    }

    [Fact]
    public async Task A_server_that_ends_every_connection_is_asked_three_times_and_has_refused()
    {
        await using var peer = RudeHttp2Peer.Listen(async connection =>
        {
            await connection.ReadRequestAsync();
            await LeaveAsync(connection, last: 0, Http2Error.NoError);
        });
        var shard = await bench.ProbeAsync(Plan(peer.Port, keep: true), requests: 2, rate: 10);
        Assert.Equal([Refused], shard.Failures.Keys);
        Assert.Equal((2, 2 * Http2Attempt.MaxMoves), (shard.Failed, shard.MovedRequests));
        Assert.Equal("the peer ended the connection before it processed the request: GOAWAY NO_ERROR", shard.Samples[0].Text);
        Assert.Equal(2 * (1 + Http2Attempt.MaxMoves), peer.Connections);
    }

    /// <remarks>Seen red: with GOAWAY of every code, and REFUSED_STREAM, taken for an orderly end.</remarks>
    [Theory]
    [InlineData("000008 07 00 00000000 000000000000000b", FailureStage.FirstByte, "the peer ended the connection before it processed the request: GOAWAY ENHANCE_YOUR_CALM")]
    [InlineData("000004 03 00 00000001 00000007", FailureStage.FirstByte, "the peer reset the stream: REFUSED_STREAM")]
    [InlineData("000001 01 04 00000001 88 000008 07 00 00000000 0000000000000000", FailureStage.Body, "the peer ended the connection before it processed the request: GOAWAY NO_ERROR")]
    [InlineData("000005 01 04 00000001 0803313033 000008 07 00 00000000 0000000000000000", FailureStage.Body, "the peer ended the connection before it processed the request: GOAWAY NO_ERROR")]
    public async Task An_error_a_refusal_and_an_answer_that_had_begun_are_failures_at_once(string frames, FailureStage stage, string words)
    {
        await using var peer = RudeHttp2Peer.Listen(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.SendRawAsync(Convert.FromHexString(frames.Replace(" ", "", StringComparison.Ordinal)));
        });
        var shard = await bench.ProbeAsync(Plan(peer.Port, keep: true));
        Assert.Equal([new Failure(stage, FailureCause.Refused)], shard.Failures.Keys);
        Assert.Equal((words, 0, 1), (shard.Samples[0].Text, shard.MovedRequests, peer.Connections));
    }

    [Fact]
    public async Task A_moved_request_keeps_its_deadline()
    {
        var connections = 0;
        await using var peer = RudeHttp2Peer.Listen(async connection =>
        {
            await connection.ReadRequestAsync();
            if (Interlocked.Increment(ref connections) == 1)
                await LeaveAsync(connection, last: 0, Http2Error.NoError);
        });
        var shard = await bench.ProbeAsync(Plan(peer.Port, keep: true), timeout: TimeSpan.FromMilliseconds(500));
        Assert.Equal([new Failure(FailureStage.FirstByte, FailureCause.TimedOut)], shard.Failures.Keys);
        Assert.Equal((1, 2), (shard.MovedRequests, peer.Connections));
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    private static async Task AnswerAllAsync(RudeHttp2Peer connection)
    {
        while (true)
            await connection.SendAsync(FrameType.Headers, Whole, await connection.ReadRequestAsync(), RudeHttp2Peer.Ok);
    }

    private static Task LeaveAsync(RudeHttp2Peer connection, byte last, Http2Error code) => connection.SendAsync(FrameType.GoAway, FrameFlags.None, 0, 0, 0, 0, last, 0, 0, 0, (byte)code);

    private static HttpProbePlan Plan(int port, bool keep) => new() { Host = "127.0.0.1", Port = port, Request = ProbeBench.Request() with { Http2 = true, KeepAlive = keep } };
}
