namespace Kdoctor.Controller.Objects;

/// <summary>The API server refused or did not answer.</summary>
internal sealed class ApiServerException(string message, int? status = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The answer's HTTP status; null without an answer.</summary>
    public int? Status { get; } = status;

    /// <summary>Whether there is no such object.</summary>
    public bool IsNotFound => Status == 404;

    /// <summary>Whether the object changed since it was read, or came into being meanwhile.</summary>
    public bool IsConflict => Status == 409;
}
