using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Kdoctor.Core.Tasks.Schemas;

/// <summary>The JSON types of a structural schema.</summary>
internal enum FieldType
{
    Object = 1,
    Map,
    Array,
    Text,
    Integer,
    Number,
    Boolean,

    /// <summary>A Kubernetes quantity: a whole number or a text.</summary>
    Quantity,
}

/// <summary>What a field may hold: read once from the spec records, and used for reading tasks, for CRDs and for the field reference.</summary>
internal sealed record FieldSchema
{
    public required FieldType Type { get; init; }

    public required string Description { get; init; }

    /// <summary>Null where there is none.</summary>
    public JsonNode? Default { get; init; }

    /// <summary>How a default comes about that depends on other fields.</summary>
    public string? ComputedDefault { get; init; }

    public bool Required { get; init; }

    public double? Minimum { get; init; }

    public double? Maximum { get; init; }

    /// <summary>Empty: anything of the type.</summary>
    public ImmutableArray<string> AllowedValues { get; init; } = [];

    /// <summary><c>date-time</c>, <c>int32</c>, <c>int64</c> or null.</summary>
    public string? Format { get; init; }

    /// <summary>The fields of an object, in the record's order.</summary>
    public ImmutableArray<KeyValuePair<string, FieldSchema>> Fields { get; init; } = [];

    /// <summary>What an array or a map holds.</summary>
    public FieldSchema? Items { get; init; }

    /// <summary>Fields that are not named are kept.</summary>
    public bool KeepUnknown { get; init; }

    public FieldSchema? Field(string name)
    {
        foreach (var (key, schema) in Fields)
        {
            if (key == name)
                return schema;
        }

        return null;
    }
}
