using System.Text.Json.Nodes;
using CsCheck;
using Kdoctor.ApiServer.Bodies;
using Xunit;

namespace Kdoctor.Tests.ApiServer;

public sealed class JsonTextPropertyTests
{
    [Fact]
    public void Written_json_reads_as_itself() => Gen.String.Select(Gen.Double).Sample((text, number) =>
    {
        if (!double.IsFinite(number) || text.Any(char.IsSurrogate)) return;
        var item = new JsonObject { ["text"] = text, ["number"] = number };
        Assert.True(JsonNode.DeepEquals(item, JsonText.Read(JsonText.Write(item))));
    });
}
