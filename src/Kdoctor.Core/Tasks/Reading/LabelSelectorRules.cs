using Kdoctor.Core.Tasks.Specs;

namespace Kdoctor.Core.Tasks.Reading;

/// <summary>What must hold for a label selector (meta/v1 LabelSelector).</summary>
internal static class LabelSelectorRules
{
    private const string KeyRemedy = "use at most 63 of A-Z, a-z, 0-9, '-', '_' and '.', after an optional DNS name and '/'";

    public static void Check(LabelSelectorSpec selector, FieldPath path, ProblemList problems)
    {
        foreach (var (key, value) in selector.MatchLabels ?? new Dictionary<string, string>())
        {
            var at = path.Field("matchLabels").Field(key);
            if (!Names.IsLabelKey(key))
                problems.Add(at, "is no label's key", KeyRemedy);
            else if (value is not null && !Names.IsLabelValue(value))
                problems.Add(at, $"is {ProblemWords.Quote(value)}, which is no label's value", "use at most 63 of A-Z, a-z, 0-9, '-', '_' and '.'");
        }

        var index = 0;
        foreach (var requirement in selector.MatchExpressions ?? [])
            Requirement(requirement, path.Field("matchExpressions").Item(index++), problems);
    }

    private static void Requirement(LabelRequirementSpec? requirement, FieldPath path, ProblemList problems)
    {
        if (requirement?.Key is { } key && !Names.IsLabelKey(key))
            problems.Add(path.Field("key"), $"is {ProblemWords.Quote(key)}, which is no label's key", KeyRemedy);
        var count = requirement?.Values?.Count ?? 0;
        if (requirement?.Operator is "In" or "NotIn" && count == 0)
            problems.Add(path.Field("values"), $"is empty, but {requirement.Operator} compares with values", "add at least one value");
        if (requirement?.Operator is "Exists" or "DoesNotExist" && count > 0)
            problems.Add(path.Field("values"), $"is given, but {requirement.Operator} compares with none", "remove it");
    }
}
