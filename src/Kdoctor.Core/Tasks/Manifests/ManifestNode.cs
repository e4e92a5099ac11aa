using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Kdoctor.Core.Tasks.Manifests;

/// <summary>What a scalar holds.</summary>
public enum ScalarKind
{
    /// <summary>Nothing.</summary>
    Null = 1,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A whole number of any size.</summary>
    Whole,

    /// <summary>A finite number with a fraction or an exponent.</summary>
    Number,

    /// <summary>Text.</summary>
    Text,
}

/// <summary>A node of a manifest that remembers where it was written.</summary>
/// <param name="Line">1-based; null when it did not come from text.</param>
public abstract record ManifestNode(int? Line)
{
    /// <summary>How many nodes the tree below has, itself included, with aliases expanded; at least 1.</summary>
    public abstract long Size { get; }

    /// <summary>The same as JSON, without lines; null for the null scalar.</summary>
    public abstract JsonNode? ToJson();
}

/// <summary>A scalar.</summary>
/// <param name="Line">1-based; null when it did not come from text.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Text">Its text; for other kinds than text, as JSON spells it.</param>
public sealed record ManifestScalar(int? Line, ScalarKind Kind, string Text) : ManifestNode(Line)
{
    /// <inheritdoc/>
    public override long Size => 1;

    /// <inheritdoc/>
    public override JsonNode? ToJson() => Kind is ScalarKind.Text ? JsonValue.Create(Text) : JsonNode.Parse(Text);
}

/// <summary>A list.</summary>
/// <param name="Line">1-based; null when it did not come from text.</param>
/// <param name="Items">Its items, in order.</param>
public sealed record ManifestList(int? Line, ImmutableArray<ManifestNode> Items) : ManifestNode(Line)
{
    /// <inheritdoc/>
    public override long Size { get; } = 1 + Items.Sum(item => item.Size);

    /// <inheritdoc/>
    public override JsonNode ToJson() => new JsonArray([.. Items.Select(item => item.ToJson())]);
}

/// <summary>One field of a map.</summary>
/// <param name="Line">Where its name was written; null when it did not come from text.</param>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
public sealed record ManifestField(int? Line, string Name, ManifestNode Value);

/// <summary>A map; its names are unique.</summary>
/// <param name="Line">1-based; null when it did not come from text.</param>
/// <param name="Fields">Its fields, in order.</param>
public sealed record ManifestMap(int? Line, ImmutableArray<ManifestField> Fields) : ManifestNode(Line)
{
    /// <inheritdoc/>
    public override long Size { get; } = 1 + Fields.Sum(field => field.Value.Size);

    /// <summary>The field of that name; null when there is none.</summary>
    public ManifestField? Find(string name) => Fields.FirstOrDefault(field => field.Name == name);

    /// <inheritdoc/>
    public override JsonObject ToJson() =>
        new(Fields.Select(field => KeyValuePair.Create(field.Name, field.Value.ToJson())));
}
