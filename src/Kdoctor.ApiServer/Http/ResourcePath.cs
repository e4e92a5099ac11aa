namespace Kdoctor.ApiServer.Http;

/// <summary>A path of the form <c>/api/V</c> or <c>/apis/G/V</c>, then <c>[/namespaces/NS]/PLURAL[/NAME[/SUBRESOURCE]]</c>, taken apart.</summary>
internal sealed record ResourcePath(string Group, string Version, string Plural, string? Namespace, string? Name, string? Subresource)
{
    /// <summary>The parts, or null when the path is not of that form.</summary>
    public static ResourcePath? Parse(string path)
    {
        var segments = path.Trim('/').Split('/');
        var skip = segments[0] switch { "api" => 2, "apis" => 3, _ => int.MaxValue };
        if (segments.Length <= skip || segments.Contains("")) return null;
        var (group, version) = skip == 2 ? ("", segments[1]) : (segments[1], segments[2]);
        var rest = segments[skip..];

        // A namespace's own subpaths (its status) are not mistaken for a resource inside it.
        var inNamespace = rest.Length > 2 && rest[0] == "namespaces" && !(rest.Length == 3 && rest[2] == "status");
        var ns = inNamespace ? rest[1] : null;
        if (inNamespace) rest = rest[2..];
        return rest.Length > 3 ? null : new ResourcePath(group, version, rest[0], ns, rest.ElementAtOrDefault(1), rest.ElementAtOrDefault(2));
    }
}
