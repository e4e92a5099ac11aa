using System.Collections.Immutable;

namespace Kdoctor.Core.Tasks;

/// <summary>Which nodes' agents take part: meta/v1 LabelSelector, all of whose requirements must hold. One without requirements takes every node.</summary>
/// <param name="Requirements">What must hold.</param>
public sealed record NodeSelector(ImmutableArray<NodeRequirement> Requirements)
{
    /// <summary>Whether a node with these labels is meant.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels) => Requirements.All(requirement => requirement.Matches(labels));

    /// <summary>As <c>kubectl get nodes -l</c> takes it.</summary>
    public override string ToString() => string.Join(",", Requirements);
}

/// <summary>How a label is compared, as meta/v1 LabelSelectorRequirement spells it.</summary>
public enum LabelComparison
{
    /// <summary>It is there with one of the values.</summary>
    In = 1,

    /// <summary>It is not there, or with none of the values.</summary>
    NotIn = 2,

    /// <summary>It is there.</summary>
    Exists = 3,

    /// <summary>It is not there.</summary>
    DoesNotExist = 4,
}

/// <summary>A requirement on one label.</summary>
/// <param name="Key">The label's key.</param>
/// <param name="Comparison">How it is compared.</param>
/// <param name="Values">With what; empty for a comparison without values.</param>
public sealed record NodeRequirement(string Key, LabelComparison Comparison, ImmutableArray<string> Values)
{
    /// <summary>Whether these labels meet it.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var there = labels.TryGetValue(Key, out var value);
        return Comparison switch
        {
            LabelComparison.In => there && Values.Contains(value!),
            LabelComparison.NotIn => !there || !Values.Contains(value!),
            LabelComparison.Exists => there,
            LabelComparison.DoesNotExist => !there,
            _ => throw new ArgumentOutOfRangeException(nameof(labels), Comparison, "not a comparison of labels"),
        };
    }

    /// <summary>As <c>kubectl get nodes -l</c> takes it.</summary>
    public override string ToString() => Comparison switch
    {
        LabelComparison.In => Values.Length == 1 ? $"{Key}={Values[0]}" : $"{Key} in ({string.Join(",", Values)})",
        LabelComparison.NotIn => $"{Key} notin ({string.Join(",", Values)})",
        LabelComparison.Exists => Key,
        _ => $"!{Key}",
    };
}
