using Kdoctor.Core.Results;
using Kdoctor.Probing.Http;
using Kdoctor.Probing.Http2;
using Kdoctor.TestKit.Http2;
using Kdoctor.TestKit.Tls;
using Xunit;

namespace Kdoctor.Tests.Probing.Http2;

/// <summary>Servers that break HTTP/2, by prior knowledge over plain TCP: each a named failure of the request, and none of the engine.</summary>
public sealed class RudeHttp2Tests : IAsyncLifetime
{
    private const FrameFlags Whole = FrameFlags.EndHeaders | FrameFlags.EndStream;
    private readonly ProbeBench bench = new();

    public static TheoryData<string, string, FailureStage, FailureCause, string> Answers => new()
    {
        // What the server sends after the request on stream 1, as frames in hex: length, type, flags, stream, payload.
        { "data before the status", "000001 00 01 00000001 78", FailureStage.FirstByte, FailureCause.BadAnswer, "a body comes before the answer's status" },
        { "no status", "000002 01 05 00000001 0f0d 00", FailureStage.FirstByte, FailureCause.BadAnswer, "a header block breaks HPACK" },
        { "broken hpack", "000001 01 05 00000001 be", FailureStage.FirstByte, FailureCause.BadAnswer, "a header block breaks HPACK" },
        { "header in upper case", "000006 01 05 00000001 880001410178", FailureStage.Body, FailureCause.BadAnswer, "a header's name is not in lower case, or no name" },
        { "connection header", "00000e 01 05 00000001 88000a636f6e6e656374696f6e00", FailureStage.Body, FailureCause.BadAnswer, "the answer has a field that belongs to HTTP/1.1 connections" },
        { "request pseudo header", "000002 01 05 00000001 8884", FailureStage.Body, FailureCause.BadAnswer, "a pseudo-header field that an answer does not have, or has already" },
        { "status twice", "000002 01 05 00000001 8888", FailureStage.Body, FailureCause.BadAnswer, "a pseudo-header field that an answer does not have, or has already" },
        { "second answer", "000001 01 04 00000001 88 000001 01 04 00000001 88", FailureStage.Body, FailureCause.BadAnswer, "a pseudo-header field that an answer does not have, or has already" },
        { "body shorter", "000005 01 04 00000001 880f0d0135 000001 00 01 00000001 78", FailureStage.Body, FailureCause.BadAnswer, "the body is shorter than the answer says" },
        { "body longer", "000005 01 04 00000001 880f0d0131 000002 00 00 00000001 7878", FailureStage.Body, FailureCause.BadAnswer, "the body is longer than the answer says" },
        { "length no number", "000005 01 05 00000001 880f0d0178", FailureStage.Body, FailureCause.BadAnswer, "Content-Length is not a number" },
        { "settings on a stream", "000000 04 00 00000001", FailureStage.FirstByte, FailureCause.BadAnswer, "a SETTINGS frame on a stream, or an acknowledgement with settings" },
        { "settings not whole", "000005 04 00 00000000 0003000000", FailureStage.FirstByte, FailureCause.BadAnswer, "a SETTINGS frame is not whole settings" },
        { "window too large", "000006 04 00 00000000 0004ffffffff", FailureStage.FirstByte, FailureCause.BadAnswer, "SETTINGS give a window beyond 2^31-1" },
        { "frame too long", "004001 00 00 00000001", FailureStage.FirstByte, FailureCause.BadAnswer, "a frame has 16385 bytes; 16384 were allowed" },
        { "ping cut", "000007 06 00 00000000 00000000000000", FailureStage.FirstByte, FailureCause.BadAnswer, "a PING frame of the wrong length, or on a stream" },
        { "push", "000005 05 04 00000001 0000000288", FailureStage.FirstByte, FailureCause.BadAnswer, "the peer pushes, which was switched off" },
        { "window by nothing", "000004 08 00 00000000 00000000", FailureStage.FirstByte, FailureCause.BadAnswer, "WINDOW_UPDATE by 0, or beyond 2^31-1" },
        { "window beyond", "000004 08 00 00000000 7fffffff", FailureStage.FirstByte, FailureCause.BadAnswer, "WINDOW_UPDATE by 0, or beyond 2^31-1" },
        { "headers nobody asked for", "000001 01 05 00000003 88", FailureStage.FirstByte, FailureCause.BadAnswer, "HEADERS on a stream that was not opened" },
        { "data nobody asked for", "000001 00 01 00000002 78", FailureStage.FirstByte, FailureCause.BadAnswer, "DATA on a stream that was not opened" },
        { "padding too long", "000002 00 08 00000001 0278", FailureStage.FirstByte, FailureCause.BadAnswer, "a frame has more padding than it is long" },
        { "continuation of nothing", "000001 09 04 00000001 88", FailureStage.FirstByte, FailureCause.BadAnswer, "CONTINUATION continues nothing" },
        { "block interrupted", "000001 01 00 00000001 88 000008 06 00 00000000 0000000000000000", FailureStage.FirstByte, FailureCause.BadAnswer, "a header block is interrupted by another frame" },
        { "interim that ends", "000005 01 05 00000001 0803313030", FailureStage.Body, FailureCause.BadAnswer, "an interim answer ends the stream" },
        { "protocol change", "000005 01 04 00000001 0803313031", FailureStage.Body, FailureCause.BadAnswer, "the answer changes the protocol, which HTTP/2 does not have" },
        { "stream reset", "000004 03 00 00000001 00000008", FailureStage.FirstByte, FailureCause.Reset, "the peer reset the stream: CANCEL" },
        { "stream refused", "000004 03 00 00000001 00000007", FailureStage.FirstByte, FailureCause.Refused, "the peer reset the stream: REFUSED_STREAM" },
        { "http/1.1 wanted", "000004 03 00 00000001 0000000d", FailureStage.FirstByte, FailureCause.WrongProtocol, "the peer reset the stream: HTTP_1_1_REQUIRED" },
        { "reset in the body", "000001 01 04 00000001 88 000004 03 00 00000001 00000002", FailureStage.Body, FailureCause.Reset, "the peer reset the stream: INTERNAL_ERROR" },
        { "going away", "000008 07 00 00000000 0000000000000000", FailureStage.FirstByte, FailureCause.Refused, "the peer ended the connection before it processed the request: GOAWAY NO_ERROR" },
        { "wrong status", "000001 01 05 00000001 8d", FailureStage.Verify, FailureCause.WrongStatus, "status 404, expected 2xx" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task What_breaks_the_protocol_is_named(string what, string frames, FailureStage stage, FailureCause cause, string words)
    {
        await using var peer = RudeHttp2Peer.Listen(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.SendRawAsync(Convert.FromHexString(frames.Replace(" ", "", StringComparison.Ordinal)));
        });
        var shard = await bench.ProbeAsync(Plan(peer.Port));
        Assert.True(shard.Failures.ContainsKey(new Failure(stage, cause)), $"{what}: {string.Join(", ", shard.Failures.Keys)}: {shard.Samples.FirstOrDefault()?.Text}");
        Assert.Equal(words, shard.Samples[0].Text);
    }

    [Theory]
    [InlineData("000001 01 05 00000001 88", 0)]
    [InlineData("000005 01 04 00000001 0803313033 000001 01 04 00000001 88 000003 00 01 00000001 787878", 3)]
    [InlineData("000001 01 04 00000001 88 000004 00 08 00000001 02780000 000002 00 01 00000001 7878", 3)]
    [InlineData("000007 01 2c 00000001 00000000000f88 000001 00 01 00000001 78", 1)]
    [InlineData("000000 01 00 00000001 000001 09 04 00000001 88 000005 01 05 00000001 0001740176", 0)]
    [InlineData("000003 ee ff 00000000 010203 000005 02 00 00000009 0000000000 000001 01 05 00000001 88", 0)]
    [InlineData("000008 07 00 00000000 0000000100000000 000001 01 05 00000001 88", 0)]
    public async Task What_is_only_unusual_succeeds(string frames, int bodyBytes)
    {
        await using var peer = RudeHttp2Peer.Listen(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.SendRawAsync(Convert.FromHexString(frames.Replace(" ", "", StringComparison.Ordinal)));
        });
        var shard = await bench.ProbeAsync(Plan(peer.Port));
        Assert.True(shard.Succeeded == 1, shard.Samples.FirstOrDefault()?.Text);
        Assert.Equal(bodyBytes, shard.BodyBytes);
        Assert.Equal(1, shard.Phases.FirstByte!.Count);
    }

    [Fact]
    public async Task A_server_of_http_1_is_the_wrong_protocol()
    {
        await using var peer = RudeHttp2Peer.Listen(connection => connection.SendRawAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray()), greets: false);
        await FailsAsync(peer.Port, FailureStage.FirstByte, FailureCause.WrongProtocol);
    }

    [Fact]
    public async Task A_close_before_the_answer_and_a_reset_within_it_are_told_apart()
    {
        await using var closer = RudeHttp2Peer.Listen(async connection =>
        {
            await connection.ReadRequestAsync();
            connection.Close();
        });
        await FailsAsync(closer.Port, FailureStage.FirstByte, FailureCause.Closed);
        await using var resetter = RudeHttp2Peer.Listen(async connection =>
        {
            await connection.SendAsync(FrameType.Headers, FrameFlags.EndHeaders, await connection.ReadRequestAsync(), RudeHttp2Peer.Ok);
            await connection.SendAsync(FrameType.Ping, FrameFlags.None, 0, new byte[8]);
            await connection.ReadAsync(FrameType.Ping);
            connection.Reset();
        });
        await FailsAsync(resetter.Port, FailureStage.Body, FailureCause.Reset);
    }

    [Fact]
    public async Task Endless_headers_are_cut_off()
    {
        await using var peer = RudeHttp2Peer.Listen(async connection =>
        {
            var stream = await connection.ReadRequestAsync();
            await connection.SendAsync(FrameType.Headers, FrameFlags.None, stream, RudeHttp2Peer.Ok);
            while (true)
                await connection.SendAsync(FrameType.Continuation, FrameFlags.None, stream, new byte[16_000]);
        });
        await FailsAsync(peer.Port, FailureStage.FirstByte, FailureCause.BadAnswer, "a header block is longer than 64 KiB");
    }

    [Theory]
    [InlineData(FrameType.Settings)]
    [InlineData(FrameType.Ping)]
    [InlineData(FrameType.Continuation)]
    [InlineData(FrameType.Data)]
    public async Task A_flood_that_moves_nothing_forward_is_cut_off(object kind)
    {
        await using var peer = RudeHttp2Peer.Listen(async connection =>
        {
            var type = (FrameType)kind;
            var stream = await connection.ReadRequestAsync();
            if (type is FrameType.Continuation or FrameType.Data)
                await connection.SendAsync(FrameType.Headers, type == FrameType.Data ? FrameFlags.EndHeaders : FrameFlags.None, stream, RudeHttp2Peer.Ok);
            while (true)
                await connection.SendAsync(type, FrameFlags.None, type is FrameType.Settings or FrameType.Ping ? 0 : stream, type == FrameType.Ping ? new byte[8] : []);
        });
        var shard = await bench.ProbeAsync(Plan(peer.Port));
        Assert.Equal("a flood of frames that move no request forward", shard.Samples[0].Text);
        Assert.Equal(FailureCause.BadAnswer, shard.Failures.Keys.Single().Cause);
    }

    [Fact]
    public async Task An_endless_body_ends_with_the_timeout_and_is_not_kept()
    {
        await using var peer = RudeHttp2Peer.Listen(async connection =>
        {
            var stream = await connection.ReadRequestAsync();
            await connection.SendAsync(FrameType.Headers, FrameFlags.EndHeaders, stream, RudeHttp2Peer.Ok);
            while (true)
            {
                for (var left = 60; left > 0; left--)
                    await connection.SendAsync(FrameType.Data, FrameFlags.None, stream, new byte[16_384]);
                await connection.ReadAsync(FrameType.WindowUpdate);
            }
        });
        var shard = await bench.ProbeAsync(Plan(peer.Port), timeout: TimeSpan.FromMilliseconds(300));
        Assert.Equal([new Failure(FailureStage.Body, FailureCause.TimedOut)], shard.Failures.Keys);
    }

    [Fact]
    public async Task More_than_the_window_is_named()
    {
        await using var peer = RudeHttp2Peer.Listen(async connection =>
        {
            var stream = await connection.ReadRequestAsync();
            await connection.SendAsync(FrameType.Headers, FrameFlags.EndHeaders, stream, RudeHttp2Peer.Ok);
            for (var left = 2000; left > 0; left--)
                await connection.SendAsync(FrameType.Data, FrameFlags.None, stream + 2, new byte[16_384]);
        });
        var shard = await bench.ProbeAsync(Plan(peer.Port));
        Assert.Equal([new Failure(FailureStage.Body, FailureCause.BadAnswer)], shard.Failures.Keys);
    }

    [Fact]
    public async Task A_body_waits_for_the_window_and_a_window_that_never_opens_times_out_while_sending()
    {
        // SETTINGS_INITIAL_WINDOW_SIZE 0
        byte[] noWindow = [0, 4, 0, 0, 0, 0];
        var body = new byte[100_000];
        await using var opening = RudeHttp2Peer.Listen(async connection =>
        {
            await connection.SendAsync(FrameType.Settings, FrameFlags.None, 0, noWindow);
            var stream = await connection.ReadRequestAsync();
            await connection.SendAsync(FrameType.WindowUpdate, FrameFlags.None, stream, RudeHttp2Peer.Number(100_000));
            await connection.SendAsync(FrameType.WindowUpdate, FrameFlags.None, 0, RudeHttp2Peer.Number(100_000));
            for (var got = 0; got < body.Length;)
                got += (await connection.ReadAsync(FrameType.Data)).Payload.Length;
            await connection.SendAsync(FrameType.Headers, Whole, stream, RudeHttp2Peer.Ok);
        });
        var plan = Plan(opening.Port);
        plan = plan with { Body = body, Request = plan.Request with { Method = "POST" } };
        Assert.Equal(1, (await bench.ProbeAsync(plan)).Succeeded);

        await using var stalling = RudeHttp2Peer.Listen(connection => connection.SendAsync(FrameType.Settings, FrameFlags.None, 0, noWindow));
        var shard = await bench.ProbeAsync(plan with { Port = stalling.Port }, timeout: TimeSpan.FromMilliseconds(200));
        Assert.Equal([new Failure(FailureStage.Send, FailureCause.TimedOut)], shard.Failures.Keys);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    private static HttpProbePlan Plan(int port) => new() { Host = "127.0.0.1", Port = port, Request = ProbeBench.Request() with { Http2 = true } };

    private async Task FailsAsync(int port, FailureStage stage, FailureCause cause, string? words = null)
    {
        var shard = await bench.ProbeAsync(Plan(port), requests: 2);
        Assert.Equal([new Failure(stage, cause)], shard.Failures.Keys);
        if (words is not null)
            Assert.Equal(words, shard.Samples[0].Text);
    }
}
