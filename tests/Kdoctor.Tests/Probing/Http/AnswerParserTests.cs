using System.Text;
using Kdoctor.Probing.Http;
using Kdoctor.TestKit.Fuzzing.Targets;
using Xunit;

namespace Kdoctor.Tests.Probing.Http;

public sealed class AnswerParserTests
{
    // Method, answer, whether the peer closes behind it, and what is read: state, status, body bytes, persistence, and who answered which nonce.
    public static TheoryData<string, string, bool, string> Answers => new()
    {
        { "GET", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", false, "Complete 200 3 True" },
        { "GET", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: foo, Close\r\n\r\nabc", false, "Complete 200 3 False" },
        { "GET", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false, "Complete 200 0 False" },
        { "GET", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n", false, "Complete 200 0 True" },
        { "GET", "HTTP/1.1 200\r\nContent-Length: 3, 3\r\n\r\nabc", false, "Complete 200 3 True" },
        { "GET", "HTTP/1.1 200 OK\r\n\r\nabc", false, "Incomplete 200 3 False" },
        { "GET", "HTTP/1.1 200 OK\r\n\r\nabc", true, "Complete 200 3 False" },
        { "GET", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc", true, "Incomplete 200 3 False" },
        { "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2;a=\"b\"\r\nab\r\nA\r\n0123456789\r\n0\r\n\r\n", false, "Complete 200 12 True" },
        { "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n00\r\nTrailer: x\r\n\r\n", false, "Complete 200 0 True" },
        { "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n", true, "Incomplete 200 1 False" },
        { "GET", "HTTP/1.1 100 Continue\r\nContent-Length: 7\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No\r\n\r\n", false, "Complete 204 0 True" },
        { "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n", false, "Complete 304 0 True" },
        { "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", false, "Complete 200 0 True" },
        { "HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", false, "Complete 200 0 True" },
        { "CONNECT", "HTTP/1.1 200 Established\r\n\r\n", false, "Complete 200 0 False" },
        { "CONNECT", "HTTP/1.1 403 Forbidden\r\nContent-Length: 1\r\n\r\nx", false, "Complete 403 1 True" },
        { "GET", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", false, "a line ends without CR" },
        { "GET", "HTTP/2 200 OK\r\n\r\n", false, "the answer does not begin with HTTP/1.1 or HTTP/1.0" },
        { "GET", "HTTP/1.1 2000 OK\r\n\r\n", false, "the status code is not three digits" },
        { "GET", "HTTP/1.1 099 OK\r\n\r\n", false, "the status code is below 100" },
        { "GET", "HTTP/1.1 200 O\0K\r\n\r\n", false, "the status line holds a control character" },
        { "GET", "HTTP/1.1 200 OK\r\nNo colon\r\n\r\n", false, "a header line is not 'Name: value'" },
        { "GET", "HTTP/1.1 200 OK\r\nSpace : x\r\n\r\n", false, "a header line is not 'Name: value'" },
        { "GET", "HTTP/1.1 200 OK\r\nA: x\r\n folded\r\n\r\n", false, "a header line is not 'Name: value'" },
        { "GET", "HTTP/1.1 200 OK\r\nA: x\ry\r\n\r\n", false, "a header's value holds a control character" },
        { "GET", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", false, "Content-Length is not a number" },
        { "GET", "HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999999\r\n\r\n", false, "Content-Length is not a number" },
        { "GET", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", false, "the message has two different Content-Lengths" },
        { "GET", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", false, "the message has both Content-Length and Transfer-Encoding" },
        { "GET", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", false, "an HTTP/1.0 message has Transfer-Encoding" },
        { "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", false, "Transfer-Encoding is not 'chunked'" },
        { "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", false, "Transfer-Encoding is not 'chunked'" },
        { "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", false, "a chunk's size is not a hexadecimal number" },
        { "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000000000000000\r\n", false, "a chunk's size is not a hexadecimal number" },
        { "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", false, "a chunk is longer than its size says" },
        { "GET", "HTTP/1.1 200 OK\r\nKdoctor-Nonce: 0123456789abcdef\r\nKdoctor-Agent-Id: agent-7\r\nContent-Length: 0\r\n\r\n", false, "Complete 200 0 True agent-7 81985529216486895" },
        { "GET", "HTTP/1.1 200 OK\r\nKdoctor-Nonce: 123\r\nKdoctor-Agent-Id:\r\nContent-Length: 0\r\n\r\n", false, "Complete 200 0 True" },
        { "GET", "HTTP/1.1 101 Switching Protocols\r\n\r\n", false, "the answer changes the protocol, which was not asked" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void An_answer_is_read_alike_however_it_is_cut(string method, string answer, bool closes, string expected)
    {
        var bytes = Encoding.Latin1.GetBytes(answer);
        Assert.Equal(expected, HttpAnswers.Read(method, closes, [bytes]));
        Assert.Equal(expected, HttpAnswers.Read(method, closes, bytes.Select(value => new[] { value })));
        for (var cut = 1; cut < bytes.Length; cut++)
            Assert.Equal(expected, HttpAnswers.Read(method, closes, [bytes[..cut], bytes[cut..]]));
    }

    [Fact]
    public void Bytes_behind_the_answer_are_not_taken()
    {
        var parser = new AnswerParser();
        parser.Begin("GET", null);
        Assert.Equal(AnswerState.Complete, parser.Feed("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP"u8, out var taken));
        Assert.Equal(39, taken);
    }

    [Fact]
    public void A_head_has_64_KiB_also_over_many_interim_answers()
    {
        var interim = "HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray();
        var error = HttpAnswers.Read("GET", false, Enumerable.Repeat(interim, (AnswerParser.MaxHeadBytes / interim.Length) + 1));
        Assert.Equal("head, chunk lines or trailers are longer than 64 KiB", error);
        Assert.Equal("Incomplete 100 0 False", HttpAnswers.Read("GET", false, Enumerable.Repeat(interim, AnswerParser.MaxHeadBytes / interim.Length)));
    }
}
