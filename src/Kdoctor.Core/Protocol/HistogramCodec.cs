using Kdoctor.Core.Results;

namespace Kdoctor.Core.Protocol;

/// <summary>Histograms on the wire: the non-empty buckets, each as its distance to the one before, so that most take two bytes.</summary>
internal static class HistogramCodec
{
    public static HistogramMessage Encode(LatencyHistogram histogram)
    {
        var message = new HistogramMessage { Sum = histogram.Sum, Min = histogram.Min ?? 0, Max = histogram.Max ?? 0 };
        var previous = 0;
        foreach (var (index, count) in histogram.NonEmptyBuckets())
        {
            message.BucketSteps.Add((uint)(index - previous));
            message.Counts.Add(count);
            previous = index;
        }
        return message;
    }

    /// <exception cref="FormatException">The buckets lie outside the layout or contradict the totals.</exception>
    public static LatencyHistogram Decode(HistogramMessage? message)
    {
        if (message is null)
            return new LatencyHistogram();
        if (message.BucketSteps.Count != message.Counts.Count)
            throw new FormatException($"a histogram has {message.BucketSteps.Count} buckets and {message.Counts.Count} counts");
        return LatencyHistogram.FromBuckets(Buckets(message), message.Sum, message.Min, message.Max);
    }

    private static IEnumerable<(int Index, uint Count)> Buckets(HistogramMessage message)
    {
        long index = 0;
        for (var i = 0; i < message.BucketSteps.Count; i++)
        {
            index += message.BucketSteps[i];
            if (index >= LatencyHistogram.BucketCount || (i > 0 && message.BucketSteps[i] == 0) || message.Counts[i] > uint.MaxValue)
                throw new FormatException($"histogram bucket {index} with count {message.Counts[i]} lies outside the layout");
            yield return ((int)index, (uint)message.Counts[i]);
        }
    }
}
