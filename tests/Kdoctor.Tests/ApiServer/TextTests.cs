using System.Globalization;
using Kdoctor.ApiServer.Selecting;
using Kdoctor.ApiServer.Tables;
using Xunit;

namespace Kdoctor.Tests.ApiServer;

public sealed class TextTests
{
    [Theory]
    [InlineData("00:00:00", "0s")]
    [InlineData("00:01:59", "119s")]
    [InlineData("00:02:00", "2m")]
    [InlineData("00:03:57", "3m57s")]
    [InlineData("00:10:30", "10m")]
    [InlineData("03:05:00", "3h5m")]
    [InlineData("09:30:00", "9h")]
    [InlineData("2.03:00:00", "2d3h")]
    [InlineData("30.00:00:00", "30d")]
    [InlineData("800.00:00:00", "2y70d")]
    [InlineData("4000.00:00:00", "10y")]
    public void Ages_are_written_as_kubectl_does(string age, string expected) =>
        Assert.Equal(expected, HumanDuration.Format(TimeSpan.Parse(age, CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("a in (b,c)", "a=b", true)]
    [InlineData("a notin (b)", "", true)]
    [InlineData("a!=b", "a=b", false)]
    [InlineData("n>3", "n=4", true)]
    [InlineData("n<3", "n=4", false)]
    [InlineData("a=", "a=", true)]
    [InlineData("in in (in)", "in=in", true)]
    [InlineData(" a == b , !c ", "a=b", true)]
    public void Label_selectors_match(string selector, string label, bool expected)
    {
        var labels = label.Length == 0 ? new Dictionary<string, string>() : new() { [label.Split('=')[0]] = label.Split('=')[1] };
        Assert.Equal(expected, LabelSelector.Parse(selector).Value!.Matches(labels));
    }
}
