namespace Kdoctor.Core.Results;

/// <summary>How long the parts of one request took, in nanoseconds; a part that the request did not have is null.</summary>
/// <param name="Resolve">Until the target's address was known.</param>
/// <param name="Connect">Until the TCP connection was open.</param>
/// <param name="Tls">Until the TLS handshake was done.</param>
/// <param name="FirstByte">From there to the first byte of the answer, the sending of the request included.</param>
/// <param name="Body">From the first byte to the end of the answer.</param>
public readonly record struct PhaseTimes(long? Resolve, long? Connect, long? Tls, long? FirstByte, long? Body);

/// <summary>The parts of the successes of one target, a histogram of nanoseconds each; null for a part that no request had.</summary>
/// <remarks>Each histogram's size is bounded as <see cref="LatencyHistogram"/>'s is. Not thread-safe.</remarks>
public sealed class PhaseLatencies
{
    /// <summary>See <see cref="PhaseTimes.Resolve"/>.</summary>
    public LatencyHistogram? Resolve { get; set; }

    /// <summary>See <see cref="PhaseTimes.Connect"/>.</summary>
    public LatencyHistogram? Connect { get; set; }

    /// <summary>See <see cref="PhaseTimes.Tls"/>.</summary>
    public LatencyHistogram? Tls { get; set; }

    /// <summary>See <see cref="PhaseTimes.FirstByte"/>.</summary>
    public LatencyHistogram? FirstByte { get; set; }

    /// <summary>See <see cref="PhaseTimes.Body"/>.</summary>
    public LatencyHistogram? Body { get; set; }

    /// <summary>Adds one success.</summary>
    public void Record(in PhaseTimes times)
    {
        if (times.Resolve is { } resolve)
            (Resolve ??= new()).Record(resolve);
        if (times.Connect is { } connect)
            (Connect ??= new()).Record(connect);
        if (times.Tls is { } tls)
            (Tls ??= new()).Record(tls);
        if (times.FirstByte is { } firstByte)
            (FirstByte ??= new()).Record(firstByte);
        if (times.Body is { } body)
            (Body ??= new()).Record(body);
    }
}
