using Kdoctor.Core.Results;
using Xunit;

namespace Kdoctor.Tests.Core.Results;

/// <summary>Seen red: the most frequent failures of clusters had no advice, and an HTTP/2 server that gives requests back was said not to listen.</summary>
public sealed class FailureRemediesTests
{
    [Theory]
    [InlineData("connect: timed out", "network policies")]
    [InlineData("handshake: bad answer", "http://")]
    [InlineData("handshake: closed early", "proxy without a backend")]
    [InlineData("first byte: timed out", "perRequestTimeoutInMS")]
    [InlineData("first byte: reset", "https://")]
    [InlineData("first byte: refused", "HTTP/2")]
    [InlineData("connect: refused", "nothing listens there")]
    [InlineData("body: closed early", "Content-Length")]
    [InlineData("verify: wrong agent", "another pod")]
    [InlineData("send: local resource", "the agent's machine")]
    public void What_to_do_follows_from_stage_and_cause(string failure, string words) =>
        Assert.Contains(words, FailureRemedies.Of(failure), StringComparison.Ordinal);

    [Fact]
    public void What_nobody_says_has_no_advice() => Assert.Null(FailureRemedies.Of("dial: engaged"));
}
