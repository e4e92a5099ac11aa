using System.Net;
using Kdoctor.Core.Planning;
using Kdoctor.Probing.EventLoops;

namespace Kdoctor.Probing.Load;

/// <summary>A target at one address and port, whatever is spoken there.</summary>
public abstract record EndPointPlan : ProbePlan
{
    /// <summary>An IP literal, or a name that is resolved once per run.</summary>
    public required string Host { get; init; }

    /// <summary>1..65535.</summary>
    public required int Port { get; init; }

    /// <summary>Which family a name must lead to; null for either. Ignored for literals.</summary>
    public IpFamily? Family { get; init; }

    /// <summary>The address to send from; null or empty for the kernel's choice.</summary>
    public string? SourceIp { get; init; }

    /// <summary>Where to send from; null for the kernel's choice.</summary>
    /// <exception cref="ArgumentException">The port or the source address makes no sense.</exception>
    internal KernelAddress? CheckedSource()
    {
        if (Port is < 1 or > 65535)
            throw new ArgumentException($"port {Port} of {Host} is not 1..65535");
        if (string.IsNullOrEmpty(SourceIp))
            return null;
        return IPAddress.TryParse(SourceIp, out var source)
            ? new KernelAddress(new IPEndPoint(source, 0))
            : throw new ArgumentException($"source address '{SourceIp}' is not an IP literal");
    }
}
