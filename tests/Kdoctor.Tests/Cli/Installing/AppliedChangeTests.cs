using System.Text.Json.Nodes;
using Kdoctor.Cli.Installing;
using Xunit;

namespace Kdoctor.Tests.Cli.Installing;

/// <summary>What an installation says it did to an object.</summary>
public sealed class AppliedChangeTests
{
    private const string Before = """
        {"metadata":{"name":"kdoctor-config","generation":1,"resourceVersion":"7","annotations":{"kdoctor.io/applied":"before"},"managedFields":[{"manager":"kdoctor-install","time":"2026-01-01T00:00:00Z"}]},"data":{"a":"1"},"status":{}}
        """;

    [Theory]
    [InlineData("\"7\"", "\"8\"", "unchanged")]
    [InlineData("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "unchanged")]
    [InlineData("\"before\"", "\"after\"", "unchanged")]
    [InlineData("\"before\"", "\"before\",\"somebody\":\"else\"", "changed")]
    [InlineData(",\"annotations\":{\"kdoctor.io/applied\":\"before\"}", "", "unchanged")]
    [InlineData("\"status\":{}", "\"status\":{\"replicas\":1}", "unchanged")]
    [InlineData("\"a\":\"1\"", "\"a\":\"2\"", "changed")]
    [InlineData("\"generation\":1", "\"generation\":2", "changed")]
    public void Only_content_counts(string field, string after, string said) =>
        Assert.Equal(said, AppliedChange.Of(Read(Before), Read(Before.Replace(field, after, StringComparison.Ordinal))));

    [Fact]
    public void What_was_not_there_is_created() => Assert.Equal("created", AppliedChange.Of(null, Read(Before)));

    private static JsonObject Read(string json) => JsonNode.Parse(json)!.AsObject();
}
