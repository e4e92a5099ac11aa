using System.Text;
using Kdoctor.Agent.Echo;
using Xunit;

namespace Kdoctor.TestKit.Fuzzing.Targets;

/// <summary>What is asked of an agent's echo: taken or refused with a status, the same however it is cut.</summary>
public static class EchoRequests
{
    private const int MaxBody = 2000;

    public static FuzzTarget Target { get; } = new("echo-request", Takes, () => new[]
    {
        "GET /kdoctoragent?delay=1.5&task=reach HTTP/1.1\r\nHost: 10.0.0.1:8080\r\nKdoctor-Nonce: 0123456789abcdef\r\nConnection: close\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
        "PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n5;a=b\r\nhello\r\n10\r\n0123456789abcdef\r\n0\r\nTrailer: x\r\n\r\n",
        "HEAD http://a/b?delay=%31&delay=2 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nhost:a\r\n\r\nGET / HTTP/1.1\r\nHost: b\r\n\r\n",
        "PATCH /a?task=%C3%A4+b HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nX: \t y \t\r\n\r\n",
    }.Select(Encoding.Latin1.GetBytes));

    private static bool Takes(byte[] bytes)
    {
        var text = HeadOf(bytes);
        var head = new RequestHead();
        var status = head.Parse(text);
        Assert.Equal(status, head.Parse(text));
        Assert.Contains(status, new[] { 0, 400, 431, 501, 505 });
        if (status != 0)
            return false;
        Assert.InRange(head.FieldCount, 0, RequestHead.MaxFields);
        for (var field = 0; field < head.FieldCount; field++)
            Assert.True(head.Field(field).Name.End.Value <= text.Length && head.Field(field).Value.End.Value <= text.Length);
        var query = QueryParameters.QueryOf(text[head.Target]);
        Assert.InRange(QueryParameters.Delay(query, TimeSpan.FromSeconds(30)), TimeSpan.Zero, TimeSpan.FromSeconds(30));
        _ = QueryParameters.Find(query, "task"u8);
        Assert.Equal(BodyOf(bytes, text.Length, head, bytes.Length), BodyOf(bytes, text.Length, head, FuzzTarget.ChanceOf(bytes).Next(1, 20)));
        return true;
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
