using System.Text;
using Kdoctor.Core.Planning;
using Kdoctor.Probing.Http;
using Xunit;

namespace Kdoctor.Tests.Probing.Http;

public sealed class RequestTemplateTests
{
    private static readonly HttpRequestPlan Get = new() { Method = "GET", RequestTarget = "/a?b=c", HostHeader = "h:80" };

    [Fact]
    public void A_request_is_encoded_with_its_nonce() => Assert.Equal(
        "GET /a?b=c HTTP/1.1\r\nHost: h:80\r\nX: y\r\nUser-Agent: kdoctor\r\nAccept: */*\r\nConnection: close\r\nKdoctor-Nonce: 00000000000000ab\r\n\r\n",
        Encode(Get with { Echo = true, Headers = ["X:y"] }, "", 4096));

    [Fact]
    public void Fields_of_the_plan_win() => Assert.Equal(
        "POST /a?b=c HTTP/1.1\r\nhost: other\r\naccept: text/html\r\nuser-agent: me\r\nconnection: upgrade\r\nContent-Length: 2\r\n\r\nhi",
        Encode(Get with { Method = "POST", Headers = ["host: other", "accept: text/html", "user-agent: me", "connection: upgrade"] }, "hi", 4096));

    [Fact]
    public void A_request_sent_in_pieces_of_any_size_is_the_same()
    {
        var plan = Get with { Method = "PUT", Echo = true, KeepAlive = true };
        var whole = Encode(plan, "body", 4096);
        for (var size = 1; size < whole.Length; size++)
            Assert.Equal(whole, Encode(plan, "body", size));
    }

    [Theory]
    [InlineData("GET /", "/", "h", "A: b")]
    [InlineData("GET", "/ x", "h", "A: b")]
    [InlineData("GET", "/", "h\r\nX: y", "A: b")]
    [InlineData("GET", "/", "h", "no colon")]
    [InlineData("GET", "/", "h", "A: b\r\nC: d")]
    [InlineData("GET", "/\u4e2d", "h", "A: b")]
    [InlineData("", "/", "h", "A: b")]
    public void A_plan_that_would_break_the_message_is_refused(string method, string target, string host, string header) =>
        Assert.Throws<ArgumentException>(() => new RequestTemplate(new HttpRequestPlan { Method = method, RequestTarget = target, HostHeader = host, Headers = [header] }, default));

    private static string Encode(HttpRequestPlan plan, string body, int piece)
    {
        var template = new RequestTemplate(plan, Encoding.ASCII.GetBytes(body));
        var text = new StringBuilder();
        var buffer = new byte[piece];
        while (text.Length < template.Length)
            text.Append(Encoding.ASCII.GetString(buffer, 0, template.CopyTo(buffer, text.Length, 0xab)));
        return text.ToString();
    }
}
