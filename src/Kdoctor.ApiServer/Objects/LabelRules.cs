using System.Text.RegularExpressions;

namespace Kdoctor.ApiServer.Objects;

/// <summary>The syntax of names, label keys and label values (Kubernetes API conventions; RFC 1123 section 2.1 for names).</summary>
internal static partial class LabelRules
{
    public const int MaxNameLength = 253;
    public const int MaxLabelLength = 63;

    private const string QualifiedRule =
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or "
        + "'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    private const string ValueRule =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
        + "character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    private const string SubdomainRule =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric "
        + "character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    /// <summary>What is wrong with an object's name, or null.</summary>
    public static string? NameProblem(string name) =>
        name.Length > MaxNameLength ? $"must be no more than {MaxNameLength} characters" : Subdomain().IsMatch(name) ? null : SubdomainRule;

    /// <summary>What is wrong with a label's or an annotation's key, or null.</summary>
    public static string? KeyProblem(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        if (slash == 0) return "prefix part must be non-empty";
        if (slash > 0 && NameProblem(key[..slash]) is { } problem) return "prefix part " + problem;
        var name = key[(slash + 1)..];
        if (name.Length == 0) return "name part must be non-empty";
        if (name.Length > MaxLabelLength) return $"name part must be no more than {MaxLabelLength} characters";
        return Qualified().IsMatch(name) ? null : QualifiedRule;
    }

    /// <summary>What is wrong with a label's value, or null.</summary>
    public static string? ValueProblem(string value)
    {
        if (value.Length == 0) return null;
        if (value.Length > MaxLabelLength) return $"must be no more than {MaxLabelLength} characters";
        return Qualified().IsMatch(value) ? null : ValueRule;
    }

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z", RegexOptions.NonBacktracking)]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"\A([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\z", RegexOptions.NonBacktracking)]
    private static partial Regex Qualified();
}
