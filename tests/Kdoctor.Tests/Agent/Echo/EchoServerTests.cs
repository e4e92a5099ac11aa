using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Kdoctor.Agent.Echo;
using Xunit;

namespace Kdoctor.Tests.Agent.Echo;

public sealed class EchoServerTests
{
    private const string Close = "Host: h\r\nConnection: close\r\n\r\n";

    [Fact]
    public async Task The_answer_says_what_was_asked_and_by_whom()
    {
        await using var rig = new EchoRig();
        var answer = await rig.AskAsync("POST /any/path?x=1&task=t%201 HTTP/1.1\r\nHost: h\r\nX-Quote: \"q\\\r\nKdoctor-Nonce: 00112233445566ff\r\nConnection: close\r\nContent-Length: 7\r\n\r\nb\u00c3\u00a9\"\n\u00ff!");
        var (head, json) = (answer.Split("\r\n\r\n")[0], JsonDocument.Parse(answer.Split("\r\n\r\n")[1]).RootElement);
        Assert.StartsWith("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nKdoctor-Agent-Id: uid-1\r\nKdoctor-Nonce: 00112233445566ff\r\nKdoctor-Service-Time-Us: ", head, StringComparison.Ordinal);
        Assert.Equal("agent-1", json.GetProperty("serverName").GetString());
        Assert.Equal("127.0.0.1", json.GetProperty("clientIp").GetString());
        Assert.Equal("POST", json.GetProperty("requestMethod").GetString());
        Assert.Equal("/any/path?x=1&task=t%201", json.GetProperty("requestUrl").GetString());
        Assert.Equal("\"q\\", json.GetProperty("requestHeader").GetProperty("X-Quote").GetString());
        Assert.Equal("b\u00e9\"\n\ufffd!", json.GetProperty("requestBody").GetString());
        Assert.Equal("x=1&task=t%201", json.GetProperty("requestParam").GetString());
        Assert.Equal((1, "t 1"), (json.GetProperty("requestCount").GetInt64(), json.GetProperty("TaskName").GetString()));
        Assert.Equal((1, 0), (rig.Server.RequestsOf("t 1"), rig.Server.RequestsOf("other")));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("PATCH")]
    [InlineData("HEAD")]
    public async Task Every_method_is_answered_over_both_families(string method)
    {
        await using var rig = new EchoRig();
        using var handler = new SocketsHttpHandler();
        using var client = new HttpClient(handler);
        foreach (var endPoint in rig.Server.EndPoints)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), $"http://{endPoint}/kdoctoragent");
            using var answer = await client.SendAsync(request, EchoRig.Guard);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("uid-1", answer.Headers.GetValues("Kdoctor-Agent-Id").Single());
            var body = await answer.Content.ReadAsStringAsync(EchoRig.Guard);
            if (method == "HEAD")
                Assert.True(body.Length == 0 && answer.Content.Headers.ContentLength > 0);
            else
                Assert.Contains($"\"requestMethod\":\"{method}\"", body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("GARBAGE\r\n\r\n", 400)]
    [InlineData("\u0016\u0003\u0001", 400)]
    [InlineData("\u0000\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400)]
    [InlineData("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 2\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501)]
    [InlineData("BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501)]
    [InlineData("CONNECT h:1 HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n", 413)]
    public async Task A_wrong_request_is_refused_with_its_status(string request, int status)
    {
        await using var rig = new EchoRig();
        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} "), await rig.AskAsync(request), StringComparison.Ordinal);
        Assert.Equal((0, 1), (rig.Server.Counts.Requests, rig.Server.Counts.Refused));
        await AssertAnswersAsync(rig);
    }

    [Fact]
    public async Task Heads_and_bodies_have_bounds()
    {
        await using var rig = new EchoRig(options => options with { MaxBodyBytes = 1000 });
        Assert.StartsWith("HTTP/1.1 431 ", await rig.AskAsync("GET / HTTP/1.1\r\nHost: h\r\nX: " + new string('x', 20_000)), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 431 ", await rig.AskAsync("GET / HTTP/1.1\r\n" + string.Concat(Enumerable.Repeat("A: b\r\n", 200)) + Close), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 413 ", await rig.AskAsync("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + Close + "3e9\r\n" + new string('x', 1001)), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", await rig.AskAsync("POST / HTTP/1.1\r\nContent-Length: 1000\r\n" + Close + new string('x', 1000)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_cut_anywhere_is_answered_alike()
    {
        const string request = "POST /p?task=cut HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2;e=x\r\nab\r\n3\r\ncde\r\n0\r\nT: x\r\n\r\n";
        await using var rig = new EchoRig();
        for (var cut = 1; cut < request.Length; cut++)
        {
            using var socket = await rig.ConnectAsync();
            await socket.SendAsync(Encoding.ASCII.GetBytes(request[..cut]), EchoRig.Guard);
            await Task.Yield();
            await socket.SendAsync(Encoding.ASCII.GetBytes(request[cut..]), EchoRig.Guard);
            Assert.Contains("\"requestBody\":\"abcde\"", await EchoRig.ReadToEndAsync(socket), StringComparison.Ordinal);
        }
        Assert.Equal(request.Length - 1, rig.Server.RequestsOf("cut"));
    }

    [Fact]
    public async Task Pipelined_requests_are_answered_in_order_also_behind_a_delay_and_a_body()
    {
        await using var rig = new EchoRig();
        var answer = await rig.AskAsync(
            "\r\nGET /1?delay=0.05 HTTP/1.1\r\nHost: h\r\n\r\nPOST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcPOST /3?delay=0.01 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nz\r\n0\r\n\r\n"
            + "GET /4 HTTP/1.1\r\n" + Close);
        var urls = answer.Split("\"requestUrl\":\"").Skip(1).Select(part => part[..2]);
        Assert.Equal(["/1", "/2", "/3", "/4"], urls);
        Assert.Contains("\"requestBody\":\"abc\"", answer, StringComparison.Ordinal);
        Assert.Contains("\"requestBody\":\"z\"", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kept_connection_answers_again_and_an_old_client_is_closed()
    {
        await using var rig = new EchoRig();
        using var socket = await rig.ConnectAsync();
        for (var request = 1; request <= 3; request++)
        {
            await socket.SendAsync("GET /?task=kept HTTP/1.1\r\nHost: h\r\n\r\n"u8.ToArray(), EchoRig.Guard);
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"\"requestCount\":{request},"), await EchoRig.ReadUntilAsync(socket, "\"TaskName\":\"kept\"}"), StringComparison.Ordinal);
        }
        Assert.Contains("Connection: close", await rig.AskAsync("GET / HTTP/1.0\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_asks_first_is_told_to_continue()
    {
        await using var rig = new EchoRig();
        using var socket = await rig.ConnectAsync();
        await socket.SendAsync("PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"u8.ToArray(), EchoRig.Guard);
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await EchoRig.ReadUntilAsync(socket, "\r\n\r\n"));
        await socket.SendAsync("ok"u8.ToArray(), EchoRig.Guard);
        Assert.Contains("\"requestBody\":\"ok\"", await EchoRig.ReadUntilAsync(socket, "}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Slow_and_silent_clients_are_let_go()
    {
        await using var rig = new EchoRig(options => options with { RequestTimeout = TimeSpan.FromMilliseconds(700), IdleTimeout = TimeSpan.FromMilliseconds(100) });
        using var silent = await rig.ConnectAsync();
        using var idle = await rig.ConnectAsync();
        await idle.SendAsync("GET / HTTP/1.1\r\nHost: h\r\n\r\n"u8.ToArray(), EchoRig.Guard);
        Assert.StartsWith("HTTP/1.1 408 ", await rig.AskAsync("GET / HT"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 408 ", await rig.AskAsync("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n"), StringComparison.Ordinal);
        Assert.Equal("", await EchoRig.ReadToEndAsync(silent));
        Assert.StartsWith("HTTP/1.1 200 ", await EchoRig.ReadToEndAsync(idle), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Above_its_bound_a_connection_is_turned_away_and_the_others_live()
    {
        await using var rig = new EchoRig(options => options with { MaxConnections = 2 });
        using var first = await rig.ConnectAsync();
        using var second = await rig.ConnectAsync();
        using var third = await rig.ConnectAsync();
        Assert.StartsWith("HTTP/1.1 503 ", await EchoRig.ReadToEndAsync(third), StringComparison.Ordinal);
        Assert.Equal(1, rig.Server.Counts.TurnedAway);
        await second.SendAsync("GET / HTTP/1.1\r\nHost: h\r\n\r\n"u8.ToArray(), EchoRig.Guard);
        Assert.StartsWith("HTTP/1.1 200 ", await EchoRig.ReadUntilAsync(second, "}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_thousand_idle_connections_and_seeded_garbage_harm_nobody()
    {
        await using var rig = new EchoRig();
        var idle = new List<Socket>();
        for (var count = 0; count < 1000; count++)
            idle.Add(await rig.ConnectAsync());
        var random = new Random(7);
        const string seed = "POST /?delay=0.001&task=g HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n2\r\nab\r\n0\r\n\r\n";
        for (var round = 0; round < 300; round++)
        {
            var bytes = Encoding.ASCII.GetBytes(seed);
            for (var changes = random.Next(1, 6); changes > 0; changes--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            using var socket = await rig.ConnectAsync();
            await socket.SendAsync(bytes.AsMemory(0, random.Next(1, bytes.Length)), EchoRig.Guard);
        }
        await AssertAnswersAsync(rig);
        idle.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task A_client_that_takes_no_answers_is_not_read_from()
    {
        await using var rig = new EchoRig();
        using var socket = await rig.ConnectAsync();
        socket.Blocking = false;
        var request = Encoding.ASCII.GetBytes("GET /" + new string('x', 8000) + " HTTP/1.1\r\nHost: h\r\n\r\n");
        var sent = 0;
        while (socket.Poll(TimeSpan.FromMilliseconds(300), SelectMode.SelectWrite))
        {
            sent += socket.Send(request, 0, request.Length, SocketFlags.None, out _);
            Assert.True(sent < 256 * 1024 * 1024, "the echo reads without end");
        }
        await AssertAnswersAsync(rig);
    }

    [Fact]
    public async Task Tasks_beyond_the_bound_are_counted_together()
    {
        await using var rig = new EchoRig(options => options with { MaxTasks = 2 });
        foreach (var task in new[] { "a", "b", "c", "d", "a" })
            await rig.AskAsync($"GET /?task={task} HTTP/1.1\r\n{Close}");
        Assert.Equal((2, 1, 0, 2), (rig.Server.RequestsOf("a"), rig.Server.RequestsOf("b"), rig.Server.RequestsOf("c"), rig.Server.RequestsOf("(others)")));
    }

    [Fact]
    public void Wrong_options_are_named_all_at_once()
    {
        var options = new EchoOptions { AgentId = "a b", ServerName = "s", Listen = [], MaxConnections = 0, MaxBodyBytes = -1, IdleTimeout = TimeSpan.Zero, MaxTasks = -1 };
        Assert.Equal(6, options.Problems().Count());
    }

    private static async Task AssertAnswersAsync(EchoRig rig) =>
        Assert.StartsWith("HTTP/1.1 200 ", await rig.AskAsync("GET / HTTP/1.1\r\n" + Close), StringComparison.Ordinal);
}
