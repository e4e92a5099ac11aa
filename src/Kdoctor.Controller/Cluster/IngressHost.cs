using k8s.Models;

namespace Kdoctor.Controller.Cluster;

/// <summary>Which host to ask an Ingress for, and whether over TLS (networking.k8s.io/v1, IngressRule and IngressTLS). Pure.</summary>
internal static class IngressHost
{
    private const string Wildcard = "*.";

    // The label that takes a wildcard's place: one that nobody else is likely to have.
    private const string Label = "kdoctor";

    /// <summary>A host without a wildcard, null for any, and whether TLS is spoken for it: only where an entry names it, or names nobody.</summary>
    /// <param name="rule">The rule's host; null or empty for any.</param>
    /// <param name="entries">What the Ingress says of TLS.</param>
    public static (string? Host, bool Tls) Of(string? rule, IList<V1IngressTLS>? entries)
    {
        var tls = entries ?? [];
        var hosts = tls.SelectMany(entry => entry.Hosts ?? []).Where(host => host.Length > 0).ToList();
        if (string.IsNullOrEmpty(rule))
            return (hosts.Count > 0 ? Concrete(hosts[0]) : null, tls.Count > 0);

        // Of the hosts that a wildcard stands for, one that has a certificate.
        var host = rule.StartsWith(Wildcard, StringComparison.Ordinal)
            ? hosts.Where(named => Covers(rule, named)).Select(Concrete).FirstOrDefault() ?? Concrete(rule)
            : rule;
        return (host, tls.Any(entry => entry.Hosts is not { Count: > 0 }) || hosts.Any(named => Covers(named, host)));
    }

    // A wildcard stands for exactly one label.
    private static bool Covers(string pattern, string host) =>
        pattern.Equals(host, StringComparison.OrdinalIgnoreCase)
        || (pattern.StartsWith(Wildcard, StringComparison.Ordinal) && host.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot
            && host.AsSpan(dot + 1).Equals(pattern.AsSpan(Wildcard.Length), StringComparison.OrdinalIgnoreCase));

    private static string Concrete(string host) => host.StartsWith(Wildcard, StringComparison.Ordinal) ? $"{Label}{host[1..]}" : host;
}
