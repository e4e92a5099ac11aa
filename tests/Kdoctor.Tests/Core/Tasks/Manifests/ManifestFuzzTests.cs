using System.Text.Json.Nodes;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Tasks.Manifests;
using Kdoctor.TestKit;
using Kdoctor.TestKit.Fuzzing.Targets;
using Xunit;

namespace Kdoctor.Tests.Core.Tasks.Manifests;

/// <summary>Whatever the text or the tree, reading ends with a task or with problems, never with an exception.</summary>
public sealed class ManifestFuzzTests
{
    private const int Rounds = 60;

    private static readonly string[] Tokens =
        ["\t", "\n", "---\n", ": ", "- ", "{", "}", "[", "]", "&a ", "*a", "<<: ", "!!int ", "|\n", ">\n", "'", "\"", "\\", "#", "?", "%YAML 1.2\n", "\0", "\uFFFD", "\ud800", "-1", "1e999", "99999999999999999999", "null", "{}", "[]", "true"];

    public static TheoryData<string> Corpus =>
    [
        .. Directory.GetFiles(Repository.Path("examples")).Concat(Directory.GetFiles(Repository.Path("tests/Kdoctor.Tests/Core/Tasks/Wrong"), "*.yaml"))
            .Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Corpus))]
    public void Mutated_text_never_throws(string name)
    {
        var seed = File.ReadAllText(PathOf(name));
        var random = new Random(name.Length * 7919);
        for (var round = 0; round < Rounds; round++)
            _ = ManifestTexts.Takes(Mutate(seed, random));
    }

    [Theory]
    [MemberData(nameof(Corpus))]
    public void Mutated_trees_never_throw(string name)
    {
        var random = new Random(name.Length * 104_729);
        foreach (var document in ManifestReader.Read(File.ReadAllText(PathOf(name))).Documents)
        {
            for (var round = 0; round < Rounds; round++)
            {
                if (document.ToJson() is not JsonObject json)
                    break;
                Mutate(json, random);
                var reading = TaskReader.Read(json, TaskLimits.Default);
                Assert.Equal(reading.Task is null, reading.Problems.Length > 0);
            }
        }
    }

    private static string PathOf(string name)
    {
        var example = Repository.Path($"examples/{name}");
        return File.Exists(example) ? example : Repository.Path($"tests/Kdoctor.Tests/Core/Tasks/Wrong/{name}");
    }

    private static string Mutate(string text, Random random)
    {
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            var at = random.Next(text.Length + 1);
            var length = Math.Min(random.Next(12), text.Length - at);
            text = random.Next(3) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, Tokens[random.Next(Tokens.Length)]),
                _ => text.Insert(random.Next(text.Length + 1), text.Substring(at, length)),
            };
        }

        return text;
    }

    private static void Mutate(JsonObject json, Random random)
    {
        var all = Descendants(json).ToArray();
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            switch (all[random.Next(all.Length)])
            {
                case JsonObject map when map.Count > 0:
                    map[map.ElementAt(random.Next(map.Count)).Key] = Value(random);
                    break;
                case JsonArray list:
                    list.Add(Value(random));
                    break;
                case JsonObject map:
                    map[Tokens[random.Next(Tokens.Length)]] = Value(random);
                    break;
            }
        }
    }

    private static IEnumerable<JsonNode> Descendants(JsonNode node) => node switch
    {
        JsonObject map => map.Select(field => field.Value).OfType<JsonNode>().SelectMany(Descendants).Prepend(map),
        JsonArray list => list.OfType<JsonNode>().SelectMany(Descendants).Prepend(list),
        _ => [],
    };

    private static JsonNode? Value(Random random) => random.Next(9) switch
    {
        0 => null,
        1 => JsonValue.Create(random.Next(-3, 200)),
        2 => JsonValue.Create(long.MaxValue),
        3 => JsonValue.Create(0.5),
        4 => JsonValue.Create(random.Next(2) == 0),
        5 => new JsonObject { ["a"] = null },
        6 => new JsonArray(null, 1),
        7 => JsonNode.Parse("1e400"),
        _ => JsonValue.Create(Tokens[random.Next(Tokens.Length)]),
    };
}
