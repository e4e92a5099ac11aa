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
}
