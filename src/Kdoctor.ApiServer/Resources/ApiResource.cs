using Kdoctor.ApiServer.Storage;

namespace Kdoctor.ApiServer.Resources;

/// <summary>A resource as a host registers it: its definition, where its objects come from, and who may change a write.</summary>
public sealed record ApiResource
{
    /// <summary>A resource that can be read and written.</summary>
    public ApiResource(ResourceDefinition definition, IResourceStore store)
    {
        (Definition, Reader, Store) = (definition, store, store);
    }

    /// <summary>A read-only resource, for example one that is computed on demand.</summary>
    public ApiResource(ResourceDefinition definition, IResourceReader reader)
    {
        (Definition, Reader) = (definition, reader);
    }

    /// <summary>What the resource is.</summary>
    public ResourceDefinition Definition { get; }

    /// <summary>Where its objects are read.</summary>
    public IResourceReader Reader { get; }

    /// <summary>Where its objects are written; null for a read-only resource.</summary>
    public IResourceStore? Store { get; }

    /// <summary>Asked before every write except those of the status subresource; null to ask nobody.</summary>
    public Admission? Admission { get; init; }

    /// <summary>
    /// Whether <see cref="Admission"/> does all that the schema would: types, ranges, unknown fields. It then sees the object before the
    /// schema does, and its words are the ones that reach the user; unknown fields that it lets pass are treated as the request says.
    /// </summary>
    public bool AdmissionCoversSchema { get; init; }

    internal IReadOnlyList<string> Verbs => Store is null
        ? ["get", "list", "watch"]
        : ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    internal IReadOnlyList<string> StatusVerbs => Store is null ? ["get"] : ["get", "patch", "update"];
}
