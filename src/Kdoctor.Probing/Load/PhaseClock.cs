using Kdoctor.Core.Results;

namespace Kdoctor.Probing.Load;

/// <summary>
/// When one request passed from each part of its life to the next, in the loop's nanoseconds. A part that it did not have, because a connection was
/// kept or a name known before it began, is left out; the parts of a request always add up to the time from its begin to its end.
/// </summary>
internal struct PhaseClock
{
    private const long Never = -1;

    private long begun;

    /// <summary>The address was known.</summary>
    internal long ResolvedNs { get; set; }

    /// <summary>The TCP connection was open.</summary>
    internal long ConnectedNs { get; set; }

    /// <summary>The TLS handshake was done.</summary>
    internal long SecuredNs { get; set; }

    /// <summary>The first byte of the answer had come.</summary>
    internal long FirstByteNs { get; set; }

    internal void Begin(long nowNs)
    {
        begun = nowNs;
        ResolvedNs = ConnectedNs = SecuredNs = FirstByteNs = Never;
    }

    /// <summary>The parts of a request that ended with a whole answer.</summary>
    internal readonly PhaseTimes Until(long endNs)
    {
        var from = begun;
        return new PhaseTimes(Step(ref from, ResolvedNs), Step(ref from, ConnectedNs), Step(ref from, SecuredNs), Step(ref from, FirstByteNs), Step(ref from, endNs));
    }

    private static long? Step(ref long from, long mark)
    {
        if (mark < from)
            return null;
        var took = mark - from;
        from = mark;
        return took;
    }
}
