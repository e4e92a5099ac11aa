using System.Text.RegularExpressions;

namespace Kdoctor.Cli.Installing;

/// <summary>What Kubernetes takes for a name and for a quantity.</summary>
internal static partial class ObjectRules
{
    private const int LongestHost = 253;

    /// <summary>The longest name of a namespace (RFC 1123, a label).</summary>
    public const int LongestName = 63;

    public static bool IsName(string text) => text.Length <= LongestName && Label().IsMatch(text);

    /// <summary>A host as an Ingress's rule takes it: a DNS name (RFC 1123), of which the first label may be a wildcard.</summary>
    public static bool IsIngressHost(string text) => text.Length <= LongestHost && Host().IsMatch(text);

    /// <summary>An image's name as runtimes read it (OCI distribution specification, "Pulling manifests"): no scheme, a path in lower case, a tag or a digest.</summary>
    public static bool IsImage(string text) => Image().IsMatch(text);

    public static bool IsQuantity(string text) => Quantity().IsMatch(text);

    /// <summary>Values of an option beside its name.</summary>
    public static IEnumerable<(string Option, string Value)> Names(this string[]? values, string option) => (values ?? []).Select(value => (option, value));

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Label();

    [GeneratedRegex(@"\A(\*\.)?[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*\z")]
    private static partial Regex Host();

    [GeneratedRegex(@"\A((\[[0-9A-Fa-f:]+\]|[A-Za-z0-9][A-Za-z0-9.-]*)(:[0-9]+)?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@[a-z0-9]+:[0-9a-f]+)?\z", RegexOptions.NonBacktracking)]
    private static partial Regex Image();

    [GeneratedRegex(@"\A[1-9][0-9]*(\.[0-9]+)?(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?\z")]
    private static partial Regex Quantity();
}
