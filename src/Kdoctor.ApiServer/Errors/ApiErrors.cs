using Kdoctor.ApiServer.Resources;

namespace Kdoctor.ApiServer.Errors;

/// <summary>The failures of a Kubernetes API in the words that its clients know.</summary>
public static class ApiErrors
{
    /// <summary>400: the request cannot be understood.</summary>
    public static ApiError BadRequest(string message) => new(400, "BadRequest", message);

    /// <summary>401: the caller is not known.</summary>
    public static ApiError Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    /// <summary>403: the caller, or the server's own limits, do not permit this.</summary>
    public static ApiError Forbidden(string message) => new(403, "Forbidden", message);

    /// <summary>404 for a path that no resource answers to.</summary>
    public static ApiError NoSuchPath() => new(404, "NotFound", "the server could not find the requested resource");

    /// <summary>404 for an object.</summary>
    /// <param name="resource">Its resource.</param>
    /// <param name="name">Its name.</param>
    /// <param name="instead">What to ask for in its place; null where nothing can be said.</param>
    public static ApiError NotFound(ResourceDefinition resource, string name, string? instead = null) =>
        About(resource, name, 404, "NotFound", $"{resource.GroupResource} \"{name}\" not found{(instead is null ? "" : $": {instead}")}");

    /// <summary>405.</summary>
    public static ApiError MethodNotAllowed(ResourceDefinition resource) =>
        About(resource, null, 405, "MethodNotAllowed", $"the server does not allow this method on {resource.GroupResource}");

    /// <summary>406.</summary>
    public static ApiError NotAcceptable(string accepted) =>
        new(406, "NotAcceptable", $"only the following media types are accepted: {accepted}");

    /// <summary>409 for a create over an existing name.</summary>
    public static ApiError AlreadyExists(ResourceDefinition resource, string name) =>
        About(resource, name, 409, "AlreadyExists", $"{resource.GroupResource} \"{name}\" already exists");

    /// <summary>409 for a precondition that does not hold.</summary>
    public static ApiError Conflict(ResourceDefinition resource, string name, string why) =>
        About(resource, name, 409, "Conflict", $"Operation cannot be fulfilled on {resource.GroupResource} \"{name}\": {why}");

    /// <summary>409 for a precondition of a deletion, which names the kind where every other conflict names the plural.</summary>
    public static ApiError PreconditionFailed(ResourceDefinition resource, string name, string why) =>
        Conflict(resource with { Plural = resource.Kind }, name, why);

    /// <summary>409 for a stale resourceVersion.</summary>
    public static ApiError Modified(ResourceDefinition resource, string name) =>
        Conflict(resource, name, "the object has been modified; please apply your changes to the latest version and try again");

    /// <summary>410: the changes since that version are no longer kept; list again.</summary>
    public static ApiError Expired(string message) => new(410, "Expired", message);

    /// <summary>413.</summary>
    public static ApiError TooLarge(long limit) =>
        new(413, "RequestEntityTooLarge", $"Request entity too large: limit is {limit}");

    /// <summary>415.</summary>
    public static ApiError UnsupportedMediaType(string accepted) => new(
        415,
        "UnsupportedMediaType",
        $"the body of the request was in an unknown format - accepted media types include: {accepted}");

    /// <summary>422 for an object of a resource: <c>Kind.group "name" is invalid: field: message</c>.</summary>
    public static ApiError Invalid(ResourceDefinition resource, string name, IReadOnlyList<FieldCause> causes) =>
        Invalid(resource.Kind, resource.Group, name, causes);

    /// <summary>422 for something that is not an object of a resource, for example the options of a request.</summary>
    public static ApiError Invalid(string kind, string group, string name, IReadOnlyList<FieldCause> causes)
    {
        var qualified = group.Length == 0 ? kind : $"{kind}.{group}";
        var texts = string.Join(", ", causes.Select(cause => cause.Text));
        return new ApiError(422, "Invalid", $"{qualified} \"{name}\" is invalid: {(causes.Count > 1 ? $"[{texts}]" : texts)}")
        {
            Name = name,
            Group = group,
            Kind = kind,
            Causes = causes,
        };
    }

    /// <summary>429: a limit of this server is reached; later it may work.</summary>
    public static ApiError TooManyRequests(string message) => new(429, "TooManyRequests", message) { RetryAfterSeconds = 1 };

    /// <summary>500.</summary>
    public static ApiError Internal(string message) => new(500, "InternalError", $"Internal error occurred: {message}");

    /// <summary>504 for a resourceVersion that this server has not reached.</summary>
    public static ApiError TooLargeResourceVersion(long asked, long current) =>
        new(504, "Timeout", $"Timeout: Too large resource version: {asked}, current: {current}") { RetryAfterSeconds = 1 };

    private static ApiError About(ResourceDefinition resource, string? name, int code, string reason, string message) =>
        new(code, reason, message) { Name = name, Group = resource.Group, Kind = resource.Plural };
}
