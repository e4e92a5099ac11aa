using System.Net.Sockets;
using Kdoctor.Core.Results;
using Kdoctor.Probing.Http;
using Kdoctor.Probing.Http2;
using Kdoctor.TestKit.Http2;
using Kdoctor.TestKit.Rude;
using Kdoctor.TestKit.Tls;
using Xunit;

namespace Kdoctor.Tests.Probing.Http;

/// <summary>Peers that answer, end or reset earlier than most do.</summary>
public sealed class EarlyPeerTests : IAsyncLifetime
{
    private readonly ProbeBench bench = new();

    /// <remarks>Against the defect, seen with <c>kdoctor probe</c>: the end that came with the answer was heard and forgotten, and every second request went to a dead connection.</remarks>
    [Fact]
    public async Task A_connection_whose_end_comes_with_the_answer_is_not_used_again()
    {
        await using var server = new ScriptedPeer(async (socket, ended) =>
        {
            // TCP_CORK: the answer and the end leave in one segment.
            socket.SetRawSocketOption(6, 3, BitConverter.GetBytes(1));
            await socket.ReceiveAsync(new byte[4096], ended);
            await socket.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray(), ended);
            socket.Shutdown(SocketShutdown.Send);
        });
        var shard = await bench.ProbeAsync(Plan(server.Port, keep: true), requests: 20);
        Assert.True(shard.Succeeded == 20, $"{string.Join(", ", shard.Failures)}");
    }

    /// <remarks>Against the defect, seen with <c>kdoctor probe</c>: with the first byte of any answer the rest of the request was no longer sent, and both sides waited until the timeout.</remarks>
    [Fact]
    public async Task A_request_is_sent_to_its_end_although_an_interim_answer_comes_before()
    {
        var body = new byte[24 * 1024 * 1024];
        await using var server = new ScriptedPeer(async (socket, ended) =>
        {
            var buffer = new byte[256 * 1024];
            long got = await socket.ReceiveAsync(buffer.AsMemory(0, 16), ended);
            await socket.SendAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), ended);
            while (got < body.Length)
                got += await socket.ReceiveAsync(buffer, ended);
            await socket.SendAsync("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"u8.ToArray(), ended);
            while (await socket.ReceiveAsync(buffer, ended) > 0)
            {
            }
        });
        var plan = Plan(server.Port);
        var shard = await bench.ProbeAsync(plan with { Body = body, Request = plan.Request with { Method = "POST" } });
        Assert.True(shard.Succeeded == 1, $"{string.Join(", ", shard.Failures)}");
    }

    /// <remarks>Against the defect, seen with <c>kdoctor probe</c>: "bytes follow the end of the answer", over HTTP/1.1 only.</remarks>
    [Theory]
    [InlineData("SSH-2.0-first\r\n", "")]
    [InlineData("", "SSH-2.0-later\r\n")]
    public async Task What_comes_through_a_tunnel_is_no_part_of_the_answer(string atOnce, string later)
    {
        await using var proxy = RudeServer.Start(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.SendAsync("HTTP/1.1 200 Connection established\r\n\r\n" + atOnce);
            if (later.Length > 0)
                await connection.SendAsync(later);
            await connection.StayAsync();
        });
        var plan = Plan(proxy.EndPoint.Port);
        var shard = await bench.ProbeAsync(plan with { Request = plan.Request with { Method = "CONNECT", RequestTarget = "test:22" } }, requests: 5);
        Assert.True(shard.Succeeded == 5, $"{string.Join(", ", shard.Failures)}");
    }

    /// <remarks>Against the defect, seen with <c>kdoctor probe</c>: where the send heard of the reset first, the request was "closed early", every fifth here.</remarks>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reset_is_a_reset_whichever_call_hears_of_it(bool http2)
    {
        await using var server = new ScriptedPeer((socket, _) =>
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
            return Task.CompletedTask;
        });
        var plan = Plan(server.Port);
        var shard = await bench.ProbeAsync(plan with { Request = plan.Request with { Http2 = http2 } }, requests: 300, rate: 500);
        Assert.Equal(300, shard.Failed);
        Assert.All(shard.Failures.Keys, failure => Assert.Equal((FailureCause.Reset, true), (failure.Cause, failure.Stage is FailureStage.Send or FailureStage.FirstByte)));
    }

    /// <remarks>Against the defect: all went on the first connection, and a server of fewer streams refused what it had never offered.</remarks>
    [Fact]
    public async Task A_server_is_not_trusted_with_more_streams_than_is_usual_before_it_says_what_it_takes()
    {
        var connections = 0;
        await using var peer = RudeHttp2Peer.Listen(
            async connection =>
            {
                var streams = new int[Interlocked.Increment(ref connections) == 1 ? Http2Session.UsualStreams : 50];
                for (var place = 0; place < streams.Length; place++)
                    streams[place] = await connection.ReadRequestAsync();
                await connection.SendAsync(FrameType.Settings, FrameFlags.None, 0);
                foreach (var stream in streams)
                    await connection.SendAsync(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, stream, RudeHttp2Peer.Ok);
            },
            greets: false);
        var plan = Plan(peer.Port, keep: true) with { StreamsPerConnection = 1000 };
        var shard = await bench.ProbeAsync(plan with { Request = plan.Request with { Http2 = true } }, requests: 150, rate: 1_000_000, timeout: TimeSpan.FromSeconds(5));
        Assert.Equal((150, 2), (shard.Succeeded, peer.Connections));
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    private static HttpProbePlan Plan(int port, bool keep = false) => new() { Host = "127.0.0.1", Port = port, Request = ProbeBench.Request() with { KeepAlive = keep } };
}
