using System.Text;
using Kdoctor.Probing.Http;
using Xunit;

namespace Kdoctor.TestKit.Fuzzing.Targets;

/// <summary>HTTP/1.1 answers of servers: read alike however they are cut.</summary>
public static class HttpAnswers
{
    private static readonly string[] Methods = ["GET", "HEAD", "CONNECT"];

    public static FuzzTarget Target { get; } = new("http1-answer", Takes, () => new[]
    {
        "HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\nConnection: foo, Close\r\n\r\nabc",
        "HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=\"b\"\r\nab\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n",
        "HTTP/1.1 100 Continue\r\nContent-Length: 7\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n",
        "HTTP/1.1 200 OK\r\nKdoctor-Nonce: 0123456789abcdef\r\nKdoctor-Agent-Id: agent-7\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nuntil it closes",
    }.Select(Encoding.Latin1.GetBytes));

    /// <summary>What of an answer is read when it comes in these pieces.</summary>
    /// <param name="method">The request's method.</param>
    /// <param name="closes">Whether the server closes behind it.</param>
    /// <param name="pieces">The answer.</param>
    public static string Read(string method, bool closes, IEnumerable<byte[]> pieces)
    {
        var parser = new AnswerParser();
        var evidence = new EchoEvidence();
        evidence.Begin();
        parser.Begin(method, evidence);
        var state = AnswerState.Incomplete;
        foreach (var piece in pieces)
        {
            if (state != AnswerState.Incomplete)
                break;
            state = parser.Feed(piece, out var taken);
            Assert.InRange(taken, 0, piece.Length);
        }
        if (state == AnswerState.Incomplete && closes)
            state = parser.FeedEnd();
        Assert.InRange(evidence.Identity.Length, 0, EchoEvidence.MaxIdentity);
        return state == AnswerState.Broken ? parser.Error! : $"{state} {parser.Status} {parser.BodyBytes} {parser.Persists} {Encoding.Latin1.GetString(evidence.Identity)} {evidence.Nonce}".TrimEnd();
    }

    private static bool Takes(byte[] bytes)
    {
        var chance = FuzzTarget.ChanceOf(bytes);
        var method = Methods[chance.Next(Methods.Length)];
        var cut = chance.Next(bytes.Length + 1);
        var whole = Read(method, true, [bytes]);
        Assert.Equal(whole, Read(method, true, [bytes[..cut], bytes[cut..]]));
        return whole.StartsWith("Complete", StringComparison.Ordinal);
    }
}
