using System.Globalization;

namespace Kdoctor.TestKit.Rude;

/// <summary>Ways to answer badly, and one to answer well.</summary>
public static class RudeScripts
{
    /// <summary>A right echo answer of an agent.</summary>
    public static string EchoAnswer(string agentId, string nonce, string body = "{}") => string.Create(
        CultureInfo.InvariantCulture,
        $"HTTP/1.1 200 OK\r\nKdoctor-Agent-Id: {agentId}\r\nKdoctor-Nonce: {nonce}\r\nContent-Length: {body.Length}\r\n\r\n{body}");

    /// <summary>Reads the request, sends an answer, closes.</summary>
    public static Func<RudeConnection, Task> Answer(string answer) => Answer(_ => answer);

    /// <summary>The same with an answer that depends on the connection, for example on its nonce.</summary>
    public static Func<RudeConnection, Task> Answer(Func<RudeConnection, string> answer) => async connection =>
    {
        await connection.ReadRequestAsync();
        await connection.SendAsync(answer(connection));
    };

    public static Func<RudeConnection, Task> Echo(string agentId) => Answer(connection => EchoAnswer(agentId, connection.Nonce));

    /// <summary>Accepts and says nothing.</summary>
    public static Func<RudeConnection, Task> Silent() => connection => connection.StayAsync();

    /// <summary>Sends the first bytes of an answer, then says nothing.</summary>
    public static Func<RudeConnection, Task> StallAfter(string answer) => async connection =>
    {
        await connection.ReadRequestAsync();
        await connection.SendAsync(answer);
        await connection.StayAsync();
    };

    /// <summary>Sends the first bytes of an answer, then resets.</summary>
    public static Func<RudeConnection, Task> ResetAfter(string answer) => async connection =>
    {
        await connection.ReadRequestAsync();
        await connection.SendAsync(answer);
        connection.Reset();
    };

    /// <summary>Header fields for as long as the client takes them.</summary>
    public static Func<RudeConnection, Task> EndlessHeaders() => Endless("HTTP/1.1 200 OK\r\n", "X-More: of the same, again and again\r\n");

    /// <summary>A body for as long as the client takes it.</summary>
    public static Func<RudeConnection, Task> EndlessBody() => Endless("HTTP/1.1 200 OK\r\n\r\n", new string('x', 16 * 1024));

    /// <summary>Chunks for as long as the client takes them.</summary>
    public static Func<RudeConnection, Task> EndlessChunks() => Endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n");

    /// <summary>One line without an end.</summary>
    public static Func<RudeConnection, Task> EndlessLine() => Endless("HTTP/1.1 200 ", new string('x', 4096));

    private static Func<RudeConnection, Task> Endless(string start, string more) => async connection =>
    {
        await connection.ReadRequestAsync();
        await connection.SendAsync(start);
        while (true)
            await connection.SendAsync(more);
    };
}
