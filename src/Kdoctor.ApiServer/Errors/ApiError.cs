using System.Text.Json.Nodes;

namespace Kdoctor.ApiServer.Errors;

/// <summary>An expected failure, told to the client as a <c>metav1.Status</c>.</summary>
/// <param name="Code">HTTP status, 400..599.</param>
/// <param name="Reason">Machine-readable word of the API conventions, for example <c>NotFound</c>; empty when there is none.</param>
/// <param name="Message">The sentence that kubectl prints.</param>
public sealed record ApiError(int Code, string Reason, string Message)
{
    /// <summary>Name of the object in question, if there is one.</summary>
    public string? Name { get; init; }

    /// <summary>API group of the object in question.</summary>
    public string? Group { get; init; }

    /// <summary>Kind or plural of the object in question.</summary>
    public string? Kind { get; init; }

    /// <summary>The fields that are wrong; empty unless the reason is <c>Invalid</c>.</summary>
    public IReadOnlyList<FieldCause> Causes { get; init; } = [];

    /// <summary>Seconds after which trying again makes sense; null when it does not.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>The body to send.</summary>
    public JsonObject ToStatus()
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = Message,
        };
        if (Reason.Length > 0) status["reason"] = Reason;
        if (Details() is { Count: > 0 } details) status["details"] = details;
        status["code"] = Code;
        return status;
    }

    private JsonObject Details()
    {
        var details = new JsonObject();
        if (!string.IsNullOrEmpty(Name)) details["name"] = Name;
        if (!string.IsNullOrEmpty(Group)) details["group"] = Group;
        if (!string.IsNullOrEmpty(Kind)) details["kind"] = Kind;
        if (RetryAfterSeconds is { } seconds) details["retryAfterSeconds"] = seconds;
        if (Causes.Count > 0)
        {
            details["causes"] = new JsonArray([.. Causes.Select(cause => new JsonObject
            {
                ["reason"] = cause.Reason,
                ["message"] = cause.Message,
                ["field"] = cause.Field,
            })]);
        }

        return details;
    }
}
