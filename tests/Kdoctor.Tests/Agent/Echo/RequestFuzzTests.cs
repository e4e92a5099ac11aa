using System.Text;
using Kdoctor.Agent.Echo;
using Kdoctor.TestKit.Fuzzing;
using Xunit;

namespace Kdoctor.Tests.Agent.Echo;

/// <summary>Sound requests and what a seeded mutation makes of them: the echo's readers refuse or take them, the same however they are cut, and throw nothing.</summary>
public sealed class RequestFuzzTests
{
    private const int MaxBody = 2000;

    private static readonly byte[][] Corpus =
    [
        .. new[]
        {
            "GET /kdoctoragent?delay=1.5&task=reach HTTP/1.1\r\nHost: 10.0.0.1:8080\r\nKdoctor-Nonce: 0123456789abcdef\r\nConnection: close\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
            "PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n5;a=b\r\nhello\r\n10\r\n0123456789abcdef\r\n0\r\nTrailer: x\r\n\r\n",
            "HEAD http://a/b?delay=%31&delay=2 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nhost:a\r\n\r\nGET / HTTP/1.1\r\nHost: b\r\n\r\n",
            "PATCH /a?task=%C3%A4+b HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nX: \t y \t\r\n\r\n",
        }.Select(Encoding.Latin1.GetBytes),
    ];

    [Fact]
    public void Sound_requests_are_taken() => Assert.All(Corpus, request => Assert.Equal(0, new RequestHead().Parse(HeadOf(request))));

    [Fact]
    public void Mutated_requests_are_taken_or_refused_and_never_throw()
    {
        var (head, other) = (new RequestHead(), new RequestHead());
        foreach (var round in FuzzRounds.Of(20_000))
        {
            var random = new Random(round);
            var request = Mutation.Of(Corpus, random);
            try
            {
                Read(request, head, other, random);
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
            {
                throw new InvalidOperationException($"round {round}: {Convert.ToHexString(request)}", exception);
            }
        }
    }

    private static void Read(byte[] request, RequestHead head, RequestHead other, Random random)
    {
        var text = HeadOf(request);
        var status = head.Parse(text);
        Assert.Equal(status, other.Parse(text));
        Assert.Contains(status, new[] { 0, 400, 431, 501, 505 });
        if (status != 0)
            return;
        Assert.InRange(head.FieldCount, 0, RequestHead.MaxFields);
        for (var field = 0; field < head.FieldCount; field++)
            Assert.True(head.Field(field).Name.End.Value <= text.Length && head.Field(field).Value.End.Value <= text.Length);
        var query = QueryParameters.QueryOf(text[head.Target]);
        Assert.InRange(QueryParameters.Delay(query, TimeSpan.FromSeconds(30)), TimeSpan.Zero, TimeSpan.FromSeconds(30));
        _ = QueryParameters.Find(query, "task"u8);
        Assert.Equal(BodyOf(request, text.Length, head, request.Length), BodyOf(request, text.Length, head, random.Next(1, 20)));
    }

    private static ReadOnlySpan<byte> HeadOf(byte[] request)
    {
        var end = request.AsSpan().IndexOf("\r\n\r\n"u8);
        return end < 0 ? request : request.AsSpan(0, end);
    }

    // As it is read when so many more bytes come at a time.
    private static string BodyOf(byte[] request, int headEnd, RequestHead head, int step)
    {
        var bytes = request.ToArray();
        var start = Math.Min(headEnd + 4, bytes.Length);
        var body = RequestBody.After(start, head.Length, head.Chunked);
        for (var there = start; ; there += step)
        {
            var last = there >= bytes.Length;
            var status = body.Read(bytes.AsSpan(0, Math.Min(there, bytes.Length)), MaxBody);
            Assert.InRange(body.Length, 0, MaxBody);
            Assert.InRange(body.Next, start, bytes.Length);
            if (status is not null || last)
                return $"{status} {(status == 0 ? Convert.ToHexString(bytes.AsSpan(body.Start, body.Length)) : "")}";
        }
    }
}
