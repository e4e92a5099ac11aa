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
    [InlineData("task=a%20b+c&task=d", "a b c")]
    [InlineData("task=%", "%")]
    [InlineData("tasks=x", null)]
    public void A_value_is_unescaped(string query, string? value) => Assert.Equal(value, QueryParameters.Find(Encoding.ASCII.GetBytes(query), "task"u8));
}
