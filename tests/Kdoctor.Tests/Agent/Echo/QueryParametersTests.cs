using System.Text;
using Kdoctor.Agent.Echo;
using Xunit;

namespace Kdoctor.Tests.Agent.Echo;

public sealed class QueryParametersTests
{
    [Theory]
    [InlineData("delay=2", 2)]
    [InlineData("x=1&delay=0.25", 0.25)]
    [InlineData("delay=1e9", 0)]
    [InlineData("delay=999999999999", 300)]
    [InlineData("delay=-1", 0)]
    [InlineData("delay=NaN", 0)]
    [InlineData("delay=", 0)]
    [InlineData("delays=3", 0)]
    [InlineData("", 0)]
    public void A_delay_is_seconds_within_its_bound(string query, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), QueryParameters.Delay(Encoding.ASCII.GetBytes(query), TimeSpan.FromSeconds(300)));

    [Theory]
    [InlineData("status=503", "503 503 503 503")]
    [InlineData("a=b&status=302&status-every=1", "302 302 302 302")]
    [InlineData("status=500&status-every=2", "200 500 200 500")]
    [InlineData("status=500&status-every=4", "200 200 200 500")]
    [InlineData("status=500&status-every=0", "200 200 200 200")]
    [InlineData("status=500&status-every=x", "200 200 200 200")]
    [InlineData("status=600", "200 200 200 200")]
    [InlineData("status=100", "200 200 200 200")]
    [InlineData("status=abc", "200 200 200 200")]
    [InlineData("status-every=2", "200 200 200 200")]
    [InlineData("", "200 200 200 200")]
    public void A_status_is_that_of_every_so_manieth_request(string query, string answers) => Assert.Equal(
        answers, string.Join(' ', Enumerable.Range(1, 4).Select(number => QueryParameters.Status(Encoding.ASCII.GetBytes(query), number))));

    [Theory]
    [InlineData("task=a%20b+c&task=d", "a b c")]
    [InlineData("task=%", "%")]
    [InlineData("tasks=x", null)]
    public void A_value_is_unescaped(string query, string? value) => Assert.Equal(value, QueryParameters.Find(Encoding.ASCII.GetBytes(query), "task"u8));
}
