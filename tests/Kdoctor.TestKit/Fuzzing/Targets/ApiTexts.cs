using System.Text;
using System.Text.Json.Nodes;
using Kdoctor.ApiServer.Http;
using Kdoctor.ApiServer.Selecting;
using Kdoctor.ApiServer.Tables;
using Kdoctor.ApiServer.Verbs;
using Xunit;

namespace Kdoctor.TestKit.Fuzzing.Targets;

/// <summary>What stands in the URLs and headers of requests to the embedded API, each text read as every kind of it: a value, or the error 400.</summary>
public static class ApiTexts
{
    public static FuzzTarget Target { get; } = new("api-text", Takes, () => new[]
    {
        "a=b,c!=d", "e in (f,g),h notin (i)", "!k,l>1,m<2", "a==b", "in in (in)", "x/y=z", "metadata.name=a", "metadata.namespace!=b,metadata.name==c",
        ".status.finish", "{.a['b.c'][0]}", "$.a\\.b", ".a[99999999999]", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;q=0.5", "*/*;q=x",
        "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6NDA4fQ", "/apis/g/v/namespaces/n/p/x/status", "/api//",
    }.Select(Encoding.UTF8.GetBytes));

    private static bool Takes(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        Negotiation.Choose(text);
        return IsLabelSelector(text) | IsFieldSelector(text) | IsContinueToken(text) | IsJsonPath(text) | ResourcePath.Parse(text) is not null;
    }

    private static bool IsLabelSelector(string text)
    {
        if (!LabelSelector.Parse(text).Succeeded(out var selector, out var error))
            return Refused(error.Code);
        selector.Matches(new Dictionary<string, string> { ["a"] = "b" });
        return true;
    }

    private static bool IsFieldSelector(string text) => FieldSelector.Parse(text, isEvent: true).Succeeded(out _, out var error) || Refused(error.Code);

    private static bool IsContinueToken(string text) => ContinueToken.Parse(text).Succeeded(out _, out var error) || Refused(error.Code);

    private static bool IsJsonPath(string text) => FuzzTarget.IsTaken(
        () => SimpleJsonPath.Parse(text).Read(JsonNode.Parse("""{"a":[{"b":1}],"status":{"finish":true}}""")), refusal => refusal is FormatException);

    private static bool Refused(int code)
    {
        Assert.Equal(400, code);
        return false;
    }
}
