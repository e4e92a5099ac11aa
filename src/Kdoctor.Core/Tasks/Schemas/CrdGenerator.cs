using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Kdoctor.Core.Tasks.Manifests;

namespace Kdoctor.Core.Tasks.Schemas;

/// <summary>The CustomResourceDefinitions (apiextensions.k8s.io/v1, structural schemas) of the three kinds, from the spec records.</summary>
public static class CrdGenerator
{
    /// <summary>One document per kind, each a new tree.</summary>
    public static ImmutableArray<JsonObject> Generate() => [.. KindSchema.All.Select(Definition)];

    /// <summary>One kind's document.</summary>
    public static JsonObject Generate(TaskKind kind) => Definition(KindSchema.All.Single(schema => schema.Kind == kind));

    /// <summary>All documents as one YAML stream.</summary>
    public static string ToYaml() => string.Concat(Generate().Select(definition => "---\n" + YamlText.Write(definition)));

    private static JsonObject Definition(KindSchema kind) => new()
    {
        ["apiVersion"] = "apiextensions.k8s.io/v1",
        ["kind"] = "CustomResourceDefinition",
        ["metadata"] = new JsonObject { ["name"] = $"{kind.Plural}.{KindSchema.Group}" },
        ["spec"] = new JsonObject
        {
            ["group"] = KindSchema.Group,
            ["names"] = Names(kind),
            ["scope"] = "Cluster",
            ["versions"] = new JsonArray(new JsonObject
            {
                ["name"] = KindSchema.Version,
                ["served"] = true,
                ["storage"] = true,
                ["additionalPrinterColumns"] = new JsonArray(
                    Column("finish", "boolean", "Whether the last round has ended.", ".status.finish"),
                    Column("expectedRound", "integer", "How many rounds will run; -1 is for ever.", ".status.expectedRound"),
                    Column("doneRound", "integer", "How many rounds have ended.", ".status.doneRound"),
                    Column("lastRoundStatus", "string", "The verdict of the newest round that ended.", ".status.lastRoundStatus"),
                    Column("schedule", "string", "When rounds start.", ".spec.schedule.schedule")),
                ["schema"] = new JsonObject { ["openAPIV3Schema"] = WholeObject(kind) },
                ["subresources"] = new JsonObject { ["status"] = new JsonObject() },
            }),
        },
    };

    private static JsonObject Names(KindSchema kind)
    {
        var names = new JsonObject
        {
            ["categories"] = new JsonArray("kdoctor"),
            ["kind"] = kind.Name,
            ["listKind"] = kind.Name + "List",
            ["plural"] = kind.Plural,
            ["singular"] = kind.Singular,
        };
        if (!kind.ShortNames.IsEmpty)
            names["shortNames"] = new JsonArray([.. kind.ShortNames.Select(name => JsonValue.Create(name))]);
        return names;
    }

    private static JsonObject Column(string name, string type, string description, string path) => new()
    {
        ["name"] = name,
        ["type"] = type,
        ["description"] = description,
        ["jsonPath"] = path,
    };

    private static JsonObject WholeObject(KindSchema kind)
    {
        var spec = StructuralSchema.Of(kind.Spec with { Default = kind.SpecRequired ? null : new JsonObject() });
        var whole = new JsonObject
        {
            ["description"] = kind.Spec.Description,
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["apiVersion"] = new JsonObject { ["type"] = "string", ["description"] = $"{KindSchema.ApiVersion}." },
                ["kind"] = new JsonObject { ["type"] = "string", ["description"] = $"{kind.Name}." },
                ["metadata"] = new JsonObject { ["type"] = "object" },
                ["spec"] = spec,
                ["status"] = StructuralSchema.Of(KindSchema.Status),
            },
        };
        if (kind.SpecRequired)
            whole["required"] = new JsonArray("spec");
        return whole;
    }
}
