using System.Text.RegularExpressions;

namespace Kdoctor.Core.Tasks.Reading;

/// <summary>
/// A header field as manifests write it, <c>Name: value</c>; only the first colon separates. RFC 9110 section 5. Values are US-ASCII: other characters have no
/// one spelling in octets, so a server might read what nobody wrote (section 5.5).
/// </summary>
public static partial class HeaderField
{
    /// <summary>Splits a field. Problems name nothing of it but a name that is one: all else may be a credential.</summary>
    public static (string Name, string Value)? Parse(string text, out string problem, out string remedy)
    {
        (problem, remedy) = ("", "write it as Name: value");
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (name, value) = colon < 0 ? ("", "") : (text[..colon], text[(colon + 1)..].Trim(' ', '\t'));
        if (colon < 0)
            problem = "has no colon";
        else if (!TokenPattern().IsMatch(name))
            problem = "has no name before its colon, or one with characters that a name may not have (RFC 9110 section 5.1)";
        else if (value.Any(character => character is '\x7f' or < ' ' and not '\t'))
            (problem, remedy) = ($"has control characters in the value of {name} (RFC 9110 section 5.5)", "remove them");
        else if (value.Any(character => character > '\x7f'))
            (problem, remedy) = ($"has characters outside US-ASCII in the value of {name} (RFC 9110 section 5.5)", "remove them, quotation marks and spaces of a text program for example, or write them in an encoding that the server reads");
        else if (name.Equals("Host", StringComparison.OrdinalIgnoreCase) && (value.Length == 0 || value.AsSpan().ContainsAny(' ', '\t')))
            (problem, remedy) = ("sets a Host that is empty or holds a space (RFC 9110 section 7.2)", "write Host: name or Host: name:port, or remove it");
        else if (name.ToUpperInvariant() is "CONTENT-LENGTH" or "TRANSFER-ENCODING")
            (problem, remedy) = ($"sets {name}, which frames the message and is kdoctor's to write (RFC 9112 section 6)", "remove it");
        return problem.Length > 0 ? null : (name, value);
    }

    [GeneratedRegex(@"\A[-!#$%&'*+.^_`|~0-9A-Za-z]+\z", RegexOptions.NonBacktracking)]
    private static partial Regex TokenPattern();
}
