using System.Text.Json.Nodes;

namespace Kdoctor.ApiServer.Resources;

/// <summary>Everything the server must know of a resource to serve it; the data of a CustomResourceDefinition.</summary>
public sealed record ResourceDefinition
{
    /// <summary>API group; empty for the core group.</summary>
    public required string Group { get; init; }

    /// <summary>The one version served and stored, for example <c>v1beta1</c>.</summary>
    public required string Version { get; init; }

    /// <summary>Kind, for example <c>NetReach</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Plural in lower case, the path segment.</summary>
    public required string Plural { get; init; }

    /// <summary>Singular in lower case.</summary>
    public required string Singular { get; init; }

    /// <summary>Short names for kubectl.</summary>
    public IReadOnlyList<string> ShortNames { get; init; } = [];

    /// <summary>Categories for kubectl, for example <c>all</c>.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Where names must be unique.</summary>
    public required ResourceScope Scope { get; init; }

    /// <summary>Structural OpenAPI v3 schema of the whole object. It is never changed after construction.</summary>
    public required JsonObject Schema { get; init; }

    /// <summary>Columns after the name; empty for the default, the age.</summary>
    public IReadOnlyList<PrinterColumn> PrinterColumns { get; init; } = [];

    /// <summary>Whether status is a subresource: written on its own path, ignored elsewhere.</summary>
    public bool HasStatus { get; init; }

    /// <summary>
    /// Whether clients send strategic merge patches for it, as kubectl does for the kinds that it knows. One that only sets and removes fields is taken for the merge
    /// patch that it is; one that speaks of lists is refused.
    /// </summary>
    public bool TakesStrategicMerge { get; init; }

    /// <summary>Kind of a list.</summary>
    public string ListKind => Kind + "List";

    /// <summary><c>group/version</c>, or the version alone in the core group.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary><c>plural.group</c>, as error messages name it.</summary>
    public string GroupResource => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>Path of the group and version: <c>apis/G/V</c> or <c>api/V</c>.</summary>
    public string GroupVersionPath => Group.Length == 0 ? $"api/{Version}" : $"apis/{Group}/{Version}";

    /// <summary>Reads an <c>apiextensions.k8s.io/v1</c> CustomResourceDefinition; its storage version is the one that is served.</summary>
    /// <exception cref="FormatException">The document is not a CustomResourceDefinition with a served storage version and a schema.</exception>
    public static ResourceDefinition FromCrd(JsonObject crd) => CrdReader.Read(crd);
}
