using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Kdoctor.Core.Tasks.Specs;

/// <summary>meta/v1 LabelSelector.</summary>
[Description("Labels that a node must have: meta/v1 LabelSelector.")]
public sealed record LabelSelectorSpec
{
    [Description("Labels that must all be there with these values.")]
    public IReadOnlyDictionary<string, string>? MatchLabels { get; init; }

    [Description("Requirements that must all hold.")]
    public IReadOnlyList<LabelRequirementSpec>? MatchExpressions { get; init; }
}

/// <summary>meta/v1 LabelSelectorRequirement.</summary>
[Description("A requirement on one label.")]
public sealed record LabelRequirementSpec
{
    [Required]
    [Description("The label's key.")]
    public string? Key { get; init; }

    [Required]
    [AllowedValues("In", "NotIn", "Exists", "DoesNotExist")]
    [Description("How the label is compared.")]
    public string? Operator { get; init; }

    [Description("The values for In and NotIn. None for Exists and DoesNotExist.")]
    public IReadOnlyList<string>? Values { get; init; }
}
