using System.Text.Json.Nodes;
using Kdoctor.Core.Tasks.Manifests;
using Xunit;

namespace Kdoctor.Tests.Core.Tasks.Manifests;

public sealed class ManifestReaderTests
{
    [Theory]
    [InlineData("5", "5")]
    [InlineData("-5", "-5")]
    [InlineData("+5", "5")]
    [InlineData("0x1F", "31")]
    [InlineData("0o17", "15")]
    [InlineData("017", "15")]
    [InlineData("0b101", "5")]
    [InlineData("1_000", "1000")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    [InlineData("0.99", "0.99")]
    [InlineData(".5", "0.5")]
    [InlineData("1e3", "1000")]
    [InlineData("yes", "true")]
    [InlineData("Off", "false")]
    [InlineData("~", "null")]
    [InlineData("", "null")]
    [InlineData("0 1", "\"0 1\"")]
    [InlineData("10s", "\"10s\"")]
    [InlineData("1:30", "\"1:30\"")]
    [InlineData("089", "89")]
    [InlineData(".inf", "\".inf\"")]
    [InlineData("-", "[null]")]
    [InlineData("'5'", "\"5\"")]
    [InlineData("\"true\"", "\"true\"")]
    [InlineData("!!str 5", "\"5\"")]
    [InlineData("|\n    a\n    b\n", "\"a\\nb\\n\"")]
    public void Scalars_are_what_kubectl_takes_them_for(string yaml, string json)
    {
        var file = ManifestReader.Read("a:\n  " + yaml);

        Assert.Empty(file.Problems);
        Assert.Equal(json, file.Documents.Single().ToJson()!["a"]?.ToJsonString() ?? "null");
    }

    [Fact]
    public void Anchors_and_merge_keys_are_expanded()
    {
        var file = ManifestReader.Read("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: [*a]\n");

        Assert.Empty(file.Problems);
        Assert.Equal("""{"a":{"x":1,"y":2},"b":{"y":3,"x":1},"c":[{"x":1,"y":2}]}""", file.Documents.Single().ToJson()!.ToJsonString());
    }

    /// <remarks>Seen red: every repetition added all its fields, tens of GB from a file of the allowed length.</remarks>
    [Theory]
    [InlineData("  <<: *a\n")]
    [InlineData("- <<: *a\n")]
    [InlineData("- <<: [*a]\n")]
    public void Merge_keys_that_repeat_a_map_are_refused_where_the_document_becomes_too_large(string merge)
    {
        const int Fields = 999;
        var map = string.Join(", ", Enumerable.Range(0, Fields).Select(index => $"f{index}: 1"));
        string Text(int times) => $"a: &a {{{map}}}\nb:\n{string.Concat(Enumerable.Repeat(merge, times))}";
        const int Most = ManifestReader.MaxNodes / (Fields + 2);

        Assert.DoesNotContain(ManifestReader.Read(Text(Most - 1)).Problems, problem => problem.Message.Contains("nodes", StringComparison.Ordinal));
        var problem = Assert.Single(ManifestReader.Read(Text(500)).Problems);
        Assert.Contains($"more than {ManifestReader.MaxNodes} nodes", problem.Message, StringComparison.Ordinal);
        Assert.InRange(problem.Line ?? 0, Most, Most + 10);
    }

    [Fact]
    public void Every_node_remembers_its_line_in_the_file()
    {
        var file = ManifestReader.Read("# first\na: 1\n---\n\nb:\n  c: [1,\n    2]\n");

        var second = Assert.IsType<ManifestMap>(file.Documents[1]);
        var list = Assert.IsType<ManifestList>(Assert.IsType<ManifestMap>(second.Find("b")!.Value).Find("c")!.Value);
        Assert.Equal(2, Assert.IsType<ManifestMap>(file.Documents[0]).Find("a")!.Line);
        Assert.Equal(5, second.Find("b")!.Line);
        Assert.Equal([6, 7], list.Items.Select(item => item.Line));
    }

    [Fact]
    public void Json_with_tabs_and_a_byte_order_mark_is_read() =>
        Assert.Equal("""{"a":[1,2]}""", ManifestReader.Read("\uFEFF{\n\t\"a\": [\n\t\t1,\n\t\t2\n\t]\n}\n").Documents.Single().ToJson()!.ToJsonString());

    [Fact]
    public void Windows_line_ends_count_once()
    {
        var file = ManifestReader.Read("a: 1\r\nb: 2\r\n");

        Assert.Equal(2, Assert.IsType<ManifestMap>(file.Documents.Single()).Find("b")!.Line);
    }

    [Fact]
    public void A_thousand_documents_are_read_and_no_more()
    {
        var text = string.Concat(Enumerable.Repeat("---\na: 1\n", 1001));

        var file = ManifestReader.Read(text);

        Assert.Equal(1000, file.Documents.Length);
        Assert.Equal(2001, Assert.Single(file.Problems).Line);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("a: &a\n")]
    [InlineData("\"")]
    [InlineData("!")]
    public void A_megabyte_of_nothing_but_syntax_is_refused(string unit)
    {
        var file = ManifestReader.Read(string.Concat(Enumerable.Repeat(unit, (ManifestReader.MaxBytes / unit.Length) - 1)));

        Assert.NotEmpty(file.Problems);
    }

    [Fact]
    public void An_anchor_cannot_hold_itself() => Assert.NotEmpty(ManifestReader.Read("a: &a [*a]\n").Problems);

    [Fact]
    public void Written_yaml_reads_back_as_the_same_tree()
    {
        var random = new Random(20260301);
        string[] samples =
            ["", "a", "0 1", "5", "true", "no", "null", "~", "a: b", "# a", "a #b", "- a", "@every 10s", "*/5 * * * *", "a\nb", " a", "a ", "'", "\"", "é", "\u0001", "1:30", "0x1", "{", "[a]", "a,b", "&a", "!a", "%", "...", "---", "=", "<<", "1e3", "2026-03-01", "a\tb", "\ud83d\ude00", "a:"];
        for (var round = 0; round < 500; round++)
        {
            var tree = new JsonObject();
            for (var field = 0; field < 5; field++)
                tree[samples[random.Next(samples.Length)]] = Tree(random, samples, 3);

            var file = ManifestReader.Read(YamlText.Write(tree));

            Assert.Empty(file.Problems);
            Assert.True(JsonNode.DeepEquals(tree, file.Documents.Single().ToJson()), YamlText.Write(tree));
        }
    }

    private static JsonNode? Tree(Random random, string[] samples, int depth) => random.Next(depth > 0 ? 8 : 5) switch
    {
        0 => null,
        1 => JsonValue.Create(random.Next(-5, 100)),
        2 => JsonValue.Create(random.Next(2) == 0),
        3 => JsonValue.Create(0.25),
        4 => JsonValue.Create(samples[random.Next(samples.Length)]),
        5 => new JsonArray(),
        6 => new JsonArray(Tree(random, samples, depth - 1), Tree(random, samples, depth - 1)),
        _ => new JsonObject { [samples[random.Next(samples.Length)]] = Tree(random, samples, depth - 1) },
    };
}
