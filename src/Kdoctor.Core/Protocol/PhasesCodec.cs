using Kdoctor.Core.Results;

namespace Kdoctor.Core.Protocol;

/// <summary>The parts of a target's successes to and from their wire form.</summary>
internal static class PhasesCodec
{
    public static PhasesMessage Encode(PhaseLatencies phases) => new()
    {
        Resolve = Encode(phases.Resolve),
        Connect = Encode(phases.Connect),
        Tls = Encode(phases.Tls),
        FirstByte = Encode(phases.FirstByte),
        Body = Encode(phases.Body),
    };

    /// <exception cref="FormatException">A histogram is broken, empty, or of more requests than succeeded.</exception>
    public static PhaseLatencies Decode(PhasesMessage? message, long succeeded) => new()
    {
        Resolve = Decode(message?.Resolve, succeeded),
        Connect = Decode(message?.Connect, succeeded),
        Tls = Decode(message?.Tls, succeeded),
        FirstByte = Decode(message?.FirstByte, succeeded),
        Body = Decode(message?.Body, succeeded),
    };

    private static HistogramMessage? Encode(LatencyHistogram? histogram) => histogram is null ? null : HistogramCodec.Encode(histogram);

    private static LatencyHistogram? Decode(HistogramMessage? message, long succeeded)
    {
        if (message is null)
            return null;
        var histogram = HistogramCodec.Decode(message);
        return histogram.Count > 0 && histogram.Count <= succeeded
            ? histogram
            : throw new FormatException($"a phase was measured {histogram.Count} times in {succeeded} successes");
    }
}
