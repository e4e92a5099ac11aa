namespace Kdoctor.ApiServer.Security;

/// <summary>What a caller wants to do, as a SubjectAccessReview would put it.</summary>
/// <param name="Caller">Who.</param>
/// <param name="Verb">For a resource: get, list, watch, create, update, patch, delete or deletecollection; else the method in lower case.</param>
/// <param name="Path">Path of the request.</param>
public sealed record AccessRequest(Caller Caller, string Verb, string Path)
{
    /// <summary>API group; null when the path is not a resource's.</summary>
    public string? Group { get; init; }

    /// <summary>Version.</summary>
    public string? Version { get; init; }

    /// <summary>Plural; null when the path is not a resource's.</summary>
    public string? Resource { get; init; }

    /// <summary>Subresource.</summary>
    public string? Subresource { get; init; }

    /// <summary>Namespace; null at cluster scope.</summary>
    public string? Namespace { get; init; }

    /// <summary>Name of one object; null for a collection.</summary>
    public string? Name { get; init; }
}

/// <summary>Decides whether a caller may do what it asks for.</summary>
/// <returns>Null to allow it, otherwise why not (may be empty).</returns>
public delegate ValueTask<string?> Authorization(AccessRequest request, CancellationToken cancellationToken);
