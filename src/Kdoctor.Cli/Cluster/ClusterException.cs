using System.Net;

namespace Kdoctor.Cli.Cluster;

/// <summary>A Kubernetes API refused, or did not answer; the message is meant for people.</summary>
internal sealed class ClusterException : Exception
{
    public ClusterException(string message, Exception cause)
        : base(message, cause)
    {
    }

    public ClusterException(string message, HttpStatusCode status)
        : base(message)
    {
        Status = status;
    }

    /// <summary>The status code; null when no answer came.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>Whether who was asked is away or busy, and not of another opinion: asked again later, it may answer.</summary>
    public bool IsAway => Status is null
        or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
}
