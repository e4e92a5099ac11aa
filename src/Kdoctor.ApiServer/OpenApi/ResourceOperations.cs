using Kdoctor.ApiServer.Resources;

namespace Kdoctor.ApiServer.OpenApi;

/// <summary>One operation of a resource, from which both versions of OpenAPI are written.</summary>
/// <param name="Path">Path with parameters in braces.</param>
/// <param name="Method">Method in lower case.</param>
/// <param name="Action">What Kubernetes calls it: list, post, get, put, patch, delete or deletecollection.</param>
/// <param name="Id">Unique name.</param>
/// <param name="HasBody">Whether it takes an object or a patch.</param>
/// <param name="Query">Names of its query parameters.</param>
internal sealed record ResourceOperation(string Path, string Method, string Action, string Id, bool HasBody, IReadOnlyList<string> Query)
{
    /// <summary>Names of the parameters in the path.</summary>
    public IEnumerable<string> PathParameters =>
        Path.Split('/').Where(segment => segment.StartsWith('{')).Select(segment => segment.Trim('{', '}'));
}

/// <summary>The operations of a resource.</summary>
internal static class ResourceOperations
{
    // kubectl looks for dryRun and fieldValidation here before it uses them.
    private static readonly string[] WriteQuery = ["dryRun", "fieldManager", "fieldValidation"];

    private static readonly string[] ListQuery =
        ["allowWatchBookmarks", "continue", "fieldSelector", "labelSelector", "limit", "resourceVersion", "timeoutSeconds", "watch"];

    public static IEnumerable<ResourceOperation> Of(ApiResource resource)
    {
        var definition = resource.Definition;
        var collection = $"/{definition.GroupVersionPath}/{(definition.Scope == ResourceScope.Namespaced ? "namespaces/{namespace}/" : "")}{definition.Plural}";
        var item = collection + "/{name}";
        yield return Operation(collection, "get", "list", definition, "", ListQuery);
        yield return Operation(item, "get", "get", definition, "", []);
        if (resource.Store is not null)
        {
            yield return Operation(collection, "post", "post", definition, "", WriteQuery);
            yield return Operation(collection, "delete", "deletecollection", definition, "", ListQuery);
            yield return Operation(item, "put", "put", definition, "", WriteQuery);
            yield return Operation(item, "patch", "patch", definition, "", WriteQuery);
            yield return Operation(item, "delete", "delete", definition, "", ["dryRun", "gracePeriodSeconds", "propagationPolicy"]);
        }

        if (!definition.HasStatus) yield break;
        yield return Operation(item + "/status", "get", "get", definition, "Status", []);
        if (resource.Store is null) yield break;
        yield return Operation(item + "/status", "put", "put", definition, "Status", WriteQuery);
        yield return Operation(item + "/status", "patch", "patch", definition, "Status", WriteQuery);
    }

    private static ResourceOperation Operation(
        string path, string method, string action, ResourceDefinition definition, string suffix, IReadOnlyList<string> query)
    {
        var group = string.Concat(definition.Group.Split('.').Select(Capital));
        var id = $"{action}{group}{Capital(definition.Version)}{definition.Kind}{suffix}";
        return new ResourceOperation(path, method, action, id, method is "post" or "put" or "patch", query);
    }

    private static string Capital(string word) => word.Length == 0 ? "" : char.ToUpperInvariant(word[0]) + word[1..];
}
