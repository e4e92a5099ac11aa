using System.Text.RegularExpressions;

namespace Kdoctor.Core.Tasks.Reading;

/// <summary>The URL of an HTTP application: http or https, a host, no user information (RFC 9110 section 4.2). Without a scheme it is http.</summary>
public static partial class TargetUrl
{
    /// <summary>RFC 9110 section 4.1 asks for at least this much; nobody needs more.</summary>
    private const int MaxLength = 8000;

    /// <summary>Reads a URL; null for what is none.</summary>
    /// <param name="text">As a person wrote it.</param>
    /// <param name="problem">What is wrong with it, to be read after the field's name; empty when nothing is.</param>
    /// <param name="remedy">What to do about it.</param>
    public static Uri? Parse(string text, out string problem, out string remedy)
    {
        ArgumentNullException.ThrowIfNull(text);
        (problem, remedy) = ("", "");
        var scheme = SchemePattern().Match(text);
        var whole = scheme.Success ? text : "http://" + text;
        var shown = ProblemWords.Quote(Credentials.HiddenIn(text));
        if (text.Length > MaxLength)
            (problem, remedy) = ($"is longer than {MaxLength} characters", "shorten it");
        else if (text.Any(character => char.IsControl(character) || char.IsWhiteSpace(character)))
            (problem, remedy) = ($"is {shown}, with white space in it", "remove it, or write a space as %20");
        else if (scheme.Success && scheme.Groups[1].Value.ToUpperInvariant() is not ("HTTP" or "HTTPS"))
            (problem, remedy) = ($"has the scheme {ProblemWords.Quote(scheme.Groups[1].Value)}, but must be http or https", "write http:// or https://");
        else if (AuthorityPattern().Match(whole).Groups[1] is { Length: 0 })
            (problem, remedy) = ($"is {shown}, which names no host", "write for example http://my-service.my-namespace:8080/healthz");
        else if (AuthorityPattern().Match(whole).Groups[1].Value.Contains('@', StringComparison.Ordinal))
            (problem, remedy) = ("has user information before the host, which is not sent (RFC 9110 section 4.2.4)", "send an Authorization header instead");
        else if (BareIPv6Pattern().Match(whole) is { Success: true } bare)
            (problem, remedy) = ($"is {shown}, an IPv6 address without brackets", $"write {(scheme.Success ? scheme.Value : "http://")}[{bare.Groups[1].Value}]{whole[bare.Length..]}");
        else if (PortPattern().Match(whole) is { Success: true } port && !IsPort(port.Groups[1].Value))
            (problem, remedy) = ($"has the port {ProblemWords.Quote(port.Groups[1].Value)}, but must have one from 1 to 65535", "correct it, or leave it out");
        else if (!Uri.TryCreate(whole, UriKind.Absolute, out var url) || url.IdnHost.Length == 0 || !IsSendable(url.IdnHost))
            (problem, remedy) = ($"is {shown}, which is no URL", "write for example http://my-service.my-namespace:8080/healthz");
        else
            return url;
        return null;
    }

    private static bool IsPort(string text) => text.Length <= 5 && int.TryParse(text, out var port) && port is >= 1 and <= 65535;

    private static bool IsSendable(string host) =>
        Names.IsHost(host.Trim('[', ']'));

    [GeneratedRegex(@"\A([A-Za-z][-A-Za-z0-9+.]*)://", RegexOptions.NonBacktracking)]
    private static partial Regex SchemePattern();

    [GeneratedRegex(@"\A[^:]*://([^/?#\\]*)", RegexOptions.NonBacktracking)]
    private static partial Regex AuthorityPattern();

    // RFC 3986 section 3.2.2.
    [GeneratedRegex(@"\A[^:]*://([0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)", RegexOptions.NonBacktracking)]
    private static partial Regex BareIPv6Pattern();

    [GeneratedRegex(@"\A[^:]*://(?:\[[^\]]*\]|[^/?#:\\[]*):([^/?#\\]*)", RegexOptions.NonBacktracking)]
    private static partial Regex PortPattern();
}
