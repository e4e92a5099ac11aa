using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Kdoctor.Core.Tasks.Manifests;
using Xunit;

namespace Kdoctor.Tests.Core.Tasks.Manifests;

public sealed class YamlTextTests
{
    private static readonly string[] Traps =
    [
        "", " ", "~", "null", "Null", "true", "True", "yes", "NO", "on", "y", "N", "123", "-1", "1.5", "1e3", "1E-05", "0x1f", "0o17", "017", "1_000", "1:30", "190:20:30",
        ".inf", "-.INF", ".nan", "<<", "=", "2030-05-17", "2030-05-17T12:00:00Z", "a: b", "a #b", "- a", "? a", "a:", ":a", "#a", "*a", "&a", "!a", "%a", "@a", "`a", "[a", "{a", "a,", "a, b",
        "'a", "\"a", "a\nb", "a\r\nb", "\ta", "a ", " a", "---", "...", "a\u0000b", "a\u001b[31mb", "a\u0085b", "a\u2028b", "\ufeffa", "日本", "a\u00e9", "10.3s", "97.00MB", "30.651%", "http://[fd00::1]:80/x?y=z",
    ];

    private static readonly Gen<string> Texts = Gen.OneOf(Gen.OneOf([.. Traps.Select(trap => Gen.Const(trap))]), Gen.String[Gen.Char[" -:#,.0123456789abeExXoTZ_+~%'\"\n\\"], 0, 8], Gen.String[0, 6].Where(IsUnicode));

    private static readonly Gen<JsonNode?> Trees = Tree(3);

    [Fact]
    public void A_tree_comes_back_as_it_was() => Trees.Sample(tree =>
    {
        var back = YamlTree.Read(Yaml(tree));
        return JsonNode.DeepEquals(tree, back);
    }, iter: 2_000, print: tree => $"{tree?.ToJsonString()}\n{Yaml(tree)}");

    [Fact]
    public void Strings_are_quoted_only_where_a_reader_would_err()
    {
        var yaml = Yaml(JsonNode.Parse("""
            {"name": "AgentPodV4IP_agent-1_127.10.0.1", "url": "http://127.10.0.1:80/kdoctoragent", "took": "10.032286878s", "used": "97.00MB", "cpu": "30.651%",
             "schedule": "0 1", "time": "2030-05-17T12:00:00Z", "answer": "no", "code": "200", "empty": "", "reason": "a: b", "none": {}, "nothing": [], "rate": 1, "delay": 0.00001, "ok": true}
            """));
        Assert.Equal("""
            name: AgentPodV4IP_agent-1_127.10.0.1
            url: http://127.10.0.1:80/kdoctoragent
            took: 10.032286878s
            used: 97.00MB
            cpu: 30.651%
            schedule: "0 1"
            time: "2030-05-17T12:00:00Z"
            answer: "no"
            code: "200"
            empty: ""
            reason: "a: b"
            none: {}
            nothing: []
            rate: 1
            delay: 0.00001
            ok: true

            """, yaml);
    }

    [Fact]
    public void An_exponent_is_a_number_to_yaml_1_1_too() => Assert.Equal("- 1.0E-05\n- 2.5E+20\n", Yaml(JsonNode.Parse("[1E-05, 2.5e20]")));

    private static Gen<JsonNode?> Tree(int depth)
    {
        var leaf = Gen.OneOf(
            Texts.Select(text => (JsonNode?)JsonValue.Create(text)),
            Gen.Long[-1_000_000_000, 1_000_000_000].Select(number => (JsonNode?)JsonValue.Create((double)number)),
            Gen.Double[-1e9, 1e9].Select(number => (JsonNode?)JsonValue.Create(number)),
            Gen.Double[1e-12, 1e-3].Select(number => (JsonNode?)JsonValue.Create(number)),
            Gen.Bool.Select(flag => (JsonNode?)JsonValue.Create(flag)),
            Gen.Const((JsonNode?)null));
        if (depth == 0)
            return leaf;
        var inner = Tree(depth - 1);
        return Gen.Frequency(
            (1, leaf),
            (2, inner.Array[0, 4].Select(items => (JsonNode?)new JsonArray([.. items.Select(item => item?.DeepClone())]))),
            (3, Gen.Dictionary(Texts, inner)[0, 4].Select(entries => (JsonNode?)new JsonObject(entries.Select(entry => KeyValuePair.Create(entry.Key, entry.Value?.DeepClone()))))));
    }

    private static string Yaml(JsonNode? tree)
    {
        using var writer = new StringWriter();
        YamlText.Write(writer, JsonSerializer.SerializeToElement(tree));
        return writer.ToString();
    }

    private static bool IsUnicode(string text) => text.EnumerateRunes().All(rune => rune.Value != 0xFFFD) && !text.Any(char.IsSurrogate);
}
