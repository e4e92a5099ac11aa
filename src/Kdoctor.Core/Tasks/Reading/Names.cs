using System.Net;
using System.Text.RegularExpressions;

namespace Kdoctor.Core.Tasks.Reading;

/// <summary>The grammars of names.</summary>
internal static partial class Names
{
    /// <summary>RFC 1123 section 2.1 in lower case, at most 253 characters: the name of a Kubernetes object.</summary>
    public static bool IsSubdomain(string text) => text.Length <= 253 && SubdomainPattern().IsMatch(text);

    /// <summary>RFC 1123 in lower case, at most 63 characters: the name of a namespace or a service.</summary>
    public static bool IsLabel(string text) => text.Length <= 63 && LabelPattern().IsMatch(text);

    /// <summary>A name as it is asked for in DNS (RFC 1035 section 2.3.4 for lengths); '_' is allowed for service records.</summary>
    public static bool IsDomain(string text)
    {
        var name = text.EndsWith('.') ? text[..^1] : text;
        return name.Length is > 0 and <= 253 && name.Split('.').All(label => label.Length is > 0 and <= 63 && DomainLabelPattern().IsMatch(label));
    }

    /// <summary>An address literal or a host name.</summary>
    public static bool IsHost(string text) => IPAddress.TryParse(text, out _) || (IsDomain(text) && !NumbersPattern().IsMatch(text));

    /// <summary>The name of an environment variable, as core/v1 allows it.</summary>
    public static bool IsEnvironmentVariable(string text) => text is not ("." or "..") && EnvironmentPattern().IsMatch(text);

    /// <summary>A label's key: a name of at most 63 characters, with a DNS name and '/' before it or without.</summary>
    public static bool IsLabelKey(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return (slash < 0 || IsSubdomain(text[..slash])) && IsLabelName(text[(slash + 1)..]);
    }

    /// <summary>A label's value: empty, or a name of at most 63 characters.</summary>
    public static bool IsLabelValue(string text) => text.Length == 0 || IsLabelName(text);

    /// <summary>A Kubernetes quantity: a decimal number with an optional suffix or exponent.</summary>
    public static bool IsQuantity(string text) => text.Length <= 64 && QuantityPattern().IsMatch(text);

    private static bool IsLabelName(string text) => text.Length <= 63 && LabelNamePattern().IsMatch(text);

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z", RegexOptions.NonBacktracking)]
    private static partial Regex SubdomainPattern();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?\z", RegexOptions.NonBacktracking)]
    private static partial Regex LabelPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9_]([-A-Za-z0-9_]*[A-Za-z0-9_])?\z", RegexOptions.NonBacktracking)]
    private static partial Regex DomainLabelPattern();

    [GeneratedRegex(@"\A[0-9.]*\z", RegexOptions.NonBacktracking)]
    private static partial Regex NumbersPattern();

    [GeneratedRegex(@"\A[-._a-zA-Z][-._a-zA-Z0-9]*\z", RegexOptions.NonBacktracking)]
    private static partial Regex EnvironmentPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9]([-._A-Za-z0-9]*[A-Za-z0-9])?\z", RegexOptions.NonBacktracking)]
    private static partial Regex LabelNamePattern();

    [GeneratedRegex(@"\A[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][-+]?[0-9]+)?\z", RegexOptions.NonBacktracking)]
    private static partial Regex QuantityPattern();
}
