using System.Text.Json;
using System.Text.Json.Nodes;
using Kdoctor.Core.Reports;
using Kdoctor.Core.Tasks;
using Xunit;

namespace Kdoctor.Tests.Core.Reports;

/// <summary>Credentials of a task are nowhere in its report, whoever reads that.</summary>
public sealed class SpecRedactionTests
{
    private const string Credential = "c0ffee-s3cr3t";

    [Theory]
    [InlineData("Authorization: Bearer c0ffee-s3cr3t", "Authorization: (redacted)")]
    [InlineData("authorization:Basic c0ffee-s3cr3t", "authorization: (redacted)")]
    [InlineData("Proxy-Authorization: Basic c0ffee-s3cr3t", "Proxy-Authorization: (redacted)")]
    [InlineData("Cookie: a=b; id=c0ffee-s3cr3t", "Cookie: (redacted)")]
    [InlineData("X-Api-Key: c0ffee-s3cr3t", "X-Api-Key: (redacted)")]
    [InlineData("X-Auth-User: c0ffee-s3cr3t", "X-Auth-User: (redacted)")]
    [InlineData("X-Amz-Security-Token: c0ffee-s3cr3t", "X-Amz-Security-Token: (redacted)")]
    [InlineData("PRIVATE_KEY: c0ffee-s3cr3t", "PRIVATE_KEY: (redacted)")]
    [InlineData(" Authorization Bearer c0ffee-s3cr3t", " Authorization: (redacted)")]
    [InlineData("Accept: text/html", "Accept: text/html")]
    [InlineData("X-Trace: on", "X-Trace: on")]
    public void A_field_whose_name_tells_of_a_credential_is_shown_without_its_value(string header, string shown)
    {
        var text = Report($$"""{"target":{"host":"http://shop","method":"GET","header":[{{JsonValue.Create(header)!.ToJsonString()}}] } }""");
        Assert.DoesNotContain(Credential, text, StringComparison.Ordinal);
        Assert.Equal(shown, JsonNode.Parse(text)!["task"]!["spec"]!["appHttpHealthy"]!["target"]!["header"]![0]!.ToString());
    }

    [Fact]
    public void Variables_of_agents_and_a_url_that_was_refused_are_shown_without_theirs()
    {
        var spec = """
            {"target":{"host":"https://me:c0ffee-s3cr3t@shop/a@b","method":"GET"},
             "agentSpec":{"env":[{"name":"DB_PASSWORD","value":"c0ffee-s3cr3t"},{"name":"LEVEL","value":"debug"},{"name":"TOKEN","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}}]}}
            """;
        var text = Report(spec);
        Assert.DoesNotContain(Credential, text, StringComparison.Ordinal);
        var shown = JsonNode.Parse(text)!["task"]!["spec"]!["appHttpHealthy"]!;
        Assert.Equal("https://(redacted)@shop/a@b", shown["target"]!["host"]!.ToString());
        Assert.Equal("""[{"name":"DB_PASSWORD","value":"(redacted)"},{"name":"LEVEL","value":"debug"},{"name":"TOKEN","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}}]""", shown["agentSpec"]!["env"]!.ToJsonString());
    }

    [Theory]
    [InlineData("http://shop/x?token=c0ffee-s3cr3t", "http://shop/x?token=(redacted)")]
    [InlineData("http://shop/x?a=1&X-Amz-Signature=c0ffee-s3cr3t&b=2#f", "http://shop/x?a=1&X-Amz-Signature=(redacted)&b=2#f")]
    [InlineData("http://shop/?api%5Fkey=c0ffee-s3cr3t", "http://shop/?api%5Fkey=(redacted)")]
    [InlineData("shop:80/?key=c0ffee-s3cr3t;sig=c0ffee-s3cr3t", "shop:80/?key=(redacted);sig=(redacted)")]
    [InlineData("https://c0ffee-s3cr3t@shop/?password=c0ffee-s3cr3t", "https://(redacted)@shop/?password=(redacted)")]
    [InlineData("http://shop/monkey?keyboard=qwerty&page=2&q=token", "http://shop/monkey?keyboard=qwerty&page=2&q=token")]
    public void A_parameter_whose_name_tells_of_a_credential_is_shown_without_its_value(string url, string shown)
    {
        var text = Report($$"""{"target":{"host":{{JsonValue.Create(url)!.ToJsonString()}},"method":"GET"} }""");
        Assert.DoesNotContain(Credential, text, StringComparison.Ordinal);
        Assert.Equal(shown, JsonNode.Parse(text)!["task"]!["spec"]!["appHttpHealthy"]!["target"]!["host"]!.ToString());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"target":5,"agentSpec":{"env":[7,{"value":"x"}]}}""")]
    [InlineData("""{"target":{"header":"no list","host":{}},"agentSpec":null}""")]
    [InlineData("""{"target":{"header":[null,3,"Accept: a"],"host":"shop:80/x"}}""")]
    public void What_holds_no_credential_stays_as_it_is_whatever_its_shape(string spec)
    {
        var before = JsonNode.Parse(spec)!.AsObject();
        Assert.True(JsonNode.DeepEquals(before, SpecRedaction.Of(before)), SpecRedaction.Of(before).ToJsonString());
    }

    private static string Report(string spec) => JsonSerializer.Serialize(
        ReportBuilder.Build(new ReportSource
        {
            Metadata = new ReportMetadata("apphttphealthy-a", null, null, null, null),
            TaskName = "a",
            TaskKind = TaskKind.AppHttpHealthy,
            Generation = 1,
            Spec = new SpecShown(1, JsonNode.Parse(spec)!.AsObject()),
            Rounds = 1,
            RoundsDone = 0,
            History = [],
        }),
        ReportJson.Default.KdoctorReport);
}
