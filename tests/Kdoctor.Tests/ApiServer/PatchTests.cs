using System.Text.Json.Nodes;
using CsCheck;
using Kdoctor.ApiServer.Patching;
using Xunit;

namespace Kdoctor.Tests.ApiServer;

public sealed class PatchTests
{
    private static readonly Gen<string> Key = Gen.Int[0, 2].Select(i => "abc"[i..(i + 1)]);

    private static readonly Gen<JsonNode?> Document = Gen.Recursive<JsonNode?>((depth, inner) => depth > 3
        ? Leaf
        : Gen.OneOf(
            Leaf,
            Gen.Select(Key, inner).Array[0, 3].Select(pairs => (JsonNode?)new JsonObject(
                pairs.DistinctBy(pair => pair.Item1).Select(pair => KeyValuePair.Create(pair.Item1, pair.Item2?.DeepClone())))),
            inner.Array[0, 3].Select(items => (JsonNode?)new JsonArray([.. items.Select(item => item?.DeepClone())]))));

    private static Gen<JsonNode?> Leaf => Gen.OneOf(Gen.Int[0, 3].Select(i => (JsonNode?)JsonValue.Create(i)), Gen.Const((JsonNode?)null));

    // RFC 7386 appendix A.
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", "{}")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""["a","b"]""", """["c","d"]""", """["c","d"]""")]
    [InlineData("""{"a":"b"}""", """["c"]""", """["c"]""")]
    [InlineData("""{"a":"foo"}""", "null", "null")]
    [InlineData("""{"a":"foo"}""", "\"bar\"", "\"bar\"")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("[1,2]", """{"a":"b","c":null}""", """{"a":"b"}""")]
    [InlineData("{}", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    public void Merge_patches_do_as_the_standard_says(string target, string patch, string expected) =>
        AssertSame(JsonNode.Parse(expected), MergePatch.Apply(JsonNode.Parse(target), JsonNode.Parse(patch)));

    [Fact]
    public void A_merge_patch_twice_is_as_good_as_once() => Gen.Select(Document, Document).Sample((target, patch) =>
    {
        var once = MergePatch.Apply(target?.DeepClone(), patch?.DeepClone());
        var twice = MergePatch.Apply(once?.DeepClone(), patch?.DeepClone());
        return JsonNode.DeepEquals(once, twice);
    });

    [Fact]
    public void An_empty_merge_patch_changes_no_object() => Document.Where(node => node is JsonObject).Sample(target =>
        JsonNode.DeepEquals(target, MergePatch.Apply(target!.DeepClone(), new JsonObject())));

    [Fact]
    public void A_merge_patch_leaves_what_it_does_not_name() => Gen.Select(Document, Document).Sample((target, patch) =>
        target is not JsonObject before || patch is not JsonObject changes
        || before.All(pair => changes.ContainsKey(pair.Key)
            || JsonNode.DeepEquals(pair.Value, MergePatch.Apply(before.DeepClone(), changes.DeepClone())!.AsObject()[pair.Key])));

    // After RFC 6902 appendix A.
    [Theory]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/baz","value":"qux"}]""", """{"foo":"bar","baz":"qux"}""")]
    [InlineData("""{"foo":["bar","baz"]}""", """[{"op":"add","path":"/foo/1","value":"qux"}]""", """{"foo":["bar","qux","baz"]}""")]
    [InlineData("""{"foo":["bar"]}""", """[{"op":"add","path":"/foo/-","value":["abc"]}]""", """{"foo":["bar",["abc"]]}""")]
    [InlineData("""{"baz":"qux","foo":"bar"}""", """[{"op":"remove","path":"/baz"}]""", """{"foo":"bar"}""")]
    [InlineData("""{"foo":["bar","qux","baz"]}""", """[{"op":"remove","path":"/foo/1"}]""", """{"foo":["bar","baz"]}""")]
    [InlineData("""{"baz":"qux"}""", """[{"op":"replace","path":"/baz","value":"boo"}]""", """{"baz":"boo"}""")]
    [InlineData("""{"foo":{"bar":"baz","waldo":"fred"},"qux":{}}""", """[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]""", """{"foo":{"bar":"baz"},"qux":{"thud":"fred"}}""")]
    [InlineData("""{"foo":["all","grass","cows","eat"]}""", """[{"op":"move","from":"/foo/1","path":"/foo/3"}]""", """{"foo":["all","cows","eat","grass"]}""")]
    [InlineData("""{"a":{"b":1}}""", """[{"op":"copy","from":"/a","path":"/c"}]""", """{"a":{"b":1},"c":{"b":1}}""")]
    [InlineData("""{"/":9,"~1":10}""", """[{"op":"test","path":"/~01","value":10}]""", """{"/":9,"~1":10}""")]
    [InlineData("""{"a":null}""", """[{"op":"test","path":"/a","value":null}]""", """{"a":null}""")]
    public void Json_patches_do_as_the_standard_says(string target, string patch, string expected)
    {
        var parsed = JsonPatch.Parse(JsonNode.Parse(patch)).Value!;
        AssertSame(JsonNode.Parse(expected), parsed.Apply(JsonNode.Parse(target)!.AsObject()).Value);
    }

    [Theory]
    [InlineData("""[{"op":"test","path":"/baz","value":"bar"}]""", 422)]
    [InlineData("""[{"op":"add","path":"/baz/bat","value":"qux"}]""", 422)]
    [InlineData("""[{"op":"add","path":"/list/8","value":1}]""", 422)]
    [InlineData("""[{"op":"remove","path":"/list/01"}]""", 422)]
    [InlineData("""[{"op":"remove","path":"/none"}]""", 422)]
    [InlineData("""[{"op":"move","from":"/deep","path":"/deep/er"}]""", 422)]
    [InlineData("""[{"op":"replace","path":"","value":1}]""", 400)]
    [InlineData("""[{"op":"remove","path":""}]""", 400)]
    [InlineData("""[{"op":"zap","path":"/a"}]""", 400)]
    [InlineData("""[{"op":"add","path":"a","value":1}]""", 400)]
    [InlineData("""[{"op":"add","path":"/~","value":1}]""", 400)]
    [InlineData("""[{"op":"add","path":"/a"}]""", 400)]
    [InlineData("""[{"op":"copy","path":"/a"}]""", 400)]
    [InlineData("[5]", 400)]
    [InlineData("{}", 400)]
    public void A_json_patch_that_does_not_fit_is_refused(string patch, int code)
    {
        var target = JsonNode.Parse("""{"baz":"qux","list":[1],"deep":{}}""")!.AsObject();
        Assert.Equal(code, JsonPatch.Parse(JsonNode.Parse(patch)).Succeeded(out var parsed, out var error) ? parsed.Apply(target).Error!.Code : error.Code);
    }

    [Fact]
    public void Copies_of_copies_end_at_a_limit()
    {
        var doubling = string.Join(',', Enumerable.Repeat("""{"op":"copy","from":"/a","path":"/a/-"}""", 60));
        var target = JsonNode.Parse("""{"a":["0123456789"]}""")!.AsObject();
        Assert.Equal(422, JsonPatch.Parse(JsonNode.Parse($"[{doubling}]")).Value!.Apply(target).Error!.Code);
    }

    private static void AssertSame(JsonNode? expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(expected, actual), $"expected {expected?.ToJsonString()}, got {actual?.ToJsonString()}");
}
