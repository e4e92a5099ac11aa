using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Kdoctor.ApiServer.Bodies;
using Kdoctor.ApiServer.Http;
using Kdoctor.ApiServer.Patching;
using Kdoctor.ApiServer.Selecting;
using Kdoctor.ApiServer.Tables;
using Kdoctor.ApiServer.Verbs;
using Xunit;

namespace Kdoctor.Tests.ApiServer;

/// <summary>Every reader of foreign text ends with a value or an expected failure, whatever the text.</summary>
public sealed class FuzzTests
{
    private const int Count = 3000;

    private static Gen<string> Mutated(params string[] corpus) => Gen.Select(Gen.Int[0, corpus.Length - 1].Select(i => corpus[i]), Gen.Int[0, 60], Gen.Int[0, 5], Gen.String[0, 4]).Select(
        (text, at, cut, added) =>
        {
            var start = Math.Min(at, text.Length);
            return text[..start] + added + text[Math.Min(text.Length, start + cut)..];
        });

    [Fact]
    public void Label_selectors() => Mutated("a=b,c!=d", "e in (f,g),h notin (i)", "!k,l>1,m<2", "a==b", "(((", "in in (in)", "x/y=z").Sample(
        text => LabelSelector.Parse(text).Succeeded(out var selector, out var error) ? selector.Matches(new Dictionary<string, string> { ["a"] = "b" }) || true : error.Code == 400,
        iter: Count);

    [Fact]
    public void Field_selectors() => Mutated("metadata.name=a", "metadata.namespace!=b,metadata.name==c", "=,=", "!=").Sample(
        text => FieldSelector.Parse(text, isEvent: true).Succeeded(out _, out var error) || error.Code == 400, iter: Count);

    [Fact]
    public void Json_paths() => Mutated(".status.finish", "{.a['b.c'][0]}", "$.a\\.b", "[", ".a[99999999999]", "..").Sample(
        text => FormatOnly(() => SimpleJsonPath.Parse(text).Read(JsonNode.Parse("""{"a":[{"b":1}],"status":{"finish":true}}"""))), iter: Count);

    [Fact]
    public void Json_patches() => Mutated(
        """[{"op":"add","path":"/a/0","value":{"b":[1]}},{"op":"move","from":"/a","path":"/b"}]""",
        """[{"op":"copy","from":"","path":"/c"},{"op":"remove","path":"/c/c"},{"op":"test","path":"/a","value":[1]}]""",
        """[{"op":"replace","path":"","value":{}}]""").Sample(
        text => FormatOnly(() =>
        {
            if (JsonPatch.Parse(JsonText.Read(Encoding.UTF8.GetBytes(text))).Succeeded(out var patch, out _)) patch.Apply(JsonNode.Parse("""{"a":[1],"b":{}}""")!.AsObject());
        }),
        iter: Count);

    [Fact]
    public void Json_and_yaml() => Mutated(
        """{"a":[1,2.5e3,-0,true,null],"\ud83d\ude00":"\u0000"}""", "\"\\ud800\"", "a: [1, 2]\nb: {c: ~}\n", "- &x a\n- *x\n", "? [a]\n: b", "a: |\n  text\n", "1e999").Sample(
        text =>
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            FormatOnly(() => Write(JsonText.Read(bytes)));
            FormatOnly(() => Write(RequestBody.ParseYaml(bytes)));
        },
        iter: Count);

    [Fact]
    public void Bytes_that_are_no_text() => Gen.Byte.Array[0, 40].Sample(
        bytes =>
        {
            FormatOnly(() => JsonText.Read(bytes));
            FormatOnly(() => RequestBody.ParseYaml(bytes));
        },
        iter: Count);

    [Fact]
    public void Headers_tokens_and_paths() => Mutated(
        "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;q=0.5", "*/*;q=x", ";;,,", "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6NDA4fQ", "/apis/g/v/namespaces/n/p/x/status", "/api//", "/apis/").Sample(
        text =>
        {
            Negotiation.Choose(text);
            ResourcePath.Parse(text);
            return ContinueToken.Parse(text).Succeeded(out _, out var error) || error.Code == 400;
        },
        iter: Count);

    [Fact]
    public void Written_json_reads_as_itself() => Gen.String.Select(Gen.Double).Sample((text, number) =>
    {
        if (!double.IsFinite(number) || text.Any(char.IsSurrogate)) return;
        var item = new JsonObject { ["text"] = text, ["number"] = number };
        Assert.True(JsonNode.DeepEquals(item, JsonText.Read(JsonText.Write(item))));
    });

    private static void Write(JsonNode? node)
    {
        if (node is not null) JsonText.Write(node);
    }

    private static bool FormatOnly(Action act)
    {
        try
        {
            act();
        }
        catch (FormatException)
        {
            // The one failure that readers may end with.
        }

        return true;
    }
}
