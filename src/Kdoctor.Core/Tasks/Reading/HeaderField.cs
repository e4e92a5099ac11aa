using System.Text.RegularExpressions;

namespace Kdoctor.Core.Tasks.Reading;

/// <summary>A header field as manifests write it, <c>Name: value</c>; only the first colon separates. RFC 9110 section 5.</summary>
public static partial class HeaderField
{
    /// <summary>Splits a field. Problems name at most the part before the first space: the rest may be a credential.</summary>
    public static (string Name, string Value)? Parse(string text, out string problem, out string remedy)
    {
        (problem, remedy) = ("", "write it as Name: value");
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? text : text[..colon];
        if (colon < 0)
            problem = $"begins with {ProblemWords.Quote(FirstWord(text))} and has no colon";
        else if (!TokenPattern().IsMatch(name))
            problem = $"has the name {ProblemWords.Quote(FirstWord(name))}, with characters that a name may not have (RFC 9110 section 5.1)";
        else if (!ValuePattern().IsMatch(text[(colon + 1)..]))
            (problem, remedy) = ($"has control characters in the value of {name} (RFC 9110 section 5.5)", "remove them");
        else if (name.ToUpperInvariant() is "CONTENT-LENGTH" or "TRANSFER-ENCODING")
            (problem, remedy) = ($"sets {name}, which frames the message and is kdoctor's to write (RFC 9112 section 6)", "remove it");
        return problem.Length > 0 ? null : (name, text[(colon + 1)..].Trim(' ', '\t'));
    }

    private static string FirstWord(string text)
    {
        var space = text.AsSpan().Trim().IndexOfAny(' ', '\t', '=');
        return space < 0 && text.Length <= 20 ? text.Trim() : text.Trim()[..(space < 0 ? 20 : Math.Min(space, 20))] + "...";
    }

    [GeneratedRegex(@"\A[-!#$%&'*+.^_`|~0-9A-Za-z]+\z", RegexOptions.NonBacktracking)]
    private static partial Regex TokenPattern();

    [GeneratedRegex(@"\A[\t\x20-\x7e\x80-\uffff]*\z", RegexOptions.NonBacktracking)]
    private static partial Regex ValuePattern();
}
