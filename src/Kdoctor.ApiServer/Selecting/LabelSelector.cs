using Kdoctor.ApiServer.Errors;

namespace Kdoctor.ApiServer.Selecting;

/// <summary>A label selector in its query form: <c>a=b,c!=d,e in (f,g),h notin (i),j,!k,l&gt;1</c>. All comparisons must hold.</summary>
/// <param name="Requirements">The comparisons; none selects everything.</param>
internal sealed record LabelSelector(IReadOnlyList<LabelRequirement> Requirements)
{
    /// <summary>Selectors longer than this are refused, in characters.</summary>
    public const int MaxLength = 16 * 1024;

    public static LabelSelector Everything { get; } = new([]);

    public bool Matches(IReadOnlyDictionary<string, string> labels) => Requirements.All(requirement => requirement.Matches(labels));

    public static Attempt<LabelSelector> Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return Everything;
        if (text.Length > MaxLength) return ApiErrors.BadRequest($"unable to parse requirement: longer than {MaxLength} characters");
        try
        {
            return new LabelSelector(new LabelSelectorParser(text).Parse());
        }
        catch (FormatException e)
        {
            return ApiErrors.BadRequest("unable to parse requirement: " + e.Message);
        }
    }
}
