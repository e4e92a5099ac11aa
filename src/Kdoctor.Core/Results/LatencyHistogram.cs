using System.Numerics;

namespace Kdoctor.Core.Results;

/// <summary>
/// Counts of non-negative 64-bit values (nanoseconds) in the log-linear layout of an HDR histogram (G. Tene, hdrhistogram.org) with 128
/// sub-buckets per power of two, so that a percentile is at most 0.4 % from a recorded value. Two histograms always have the same layout:
/// merging adds counts and is exact, commutative and associative. Memory grows with the different buckets seen, to 128 bytes per power of
/// two while its counts are small and 512 at most, and not with the number of values: a mesh keeps several per target.
/// </summary>
/// <remarks>Not thread-safe: one writer, or a finished histogram.</remarks>
public sealed class LatencyHistogram
{
    private const int SubBucketBits = 7;
    private const int SubBuckets = 1 << SubBucketBits;

    /// <summary>One more than the greatest bucket index.</summary>
    internal const int BucketCount = (64 - SubBucketBits) * SubBuckets;

    private BucketCounts buckets;

    /// <summary>How many values were recorded.</summary>
    public long Count { get; private set; }

    /// <summary>The sum of the values, saturating at <see cref="long.MaxValue"/>.</summary>
    public long Sum { get; private set; }

    /// <summary>The least value, exact; null when there is none.</summary>
    public long? Min { get; private set; }

    /// <summary>The greatest value, exact; null when there is none.</summary>
    public long? Max { get; private set; }

    /// <summary>The mean, exact but for rounding; null when there is no value.</summary>
    public double? Mean => Count == 0 ? null : (double)Sum / Count;

    /// <summary>Records one value; a negative one counts as 0.</summary>
    public void Record(long value)
    {
        value = Math.Max(value, 0);
        Add(IndexOf(value), 1);
        Sum = SaturatingAdd(Sum, value);
        Min = Min is { } min ? Math.Min(min, value) : value;
        Max = Max is { } max ? Math.Max(max, value) : value;
    }

    /// <summary>Adds all counts of <paramref name="other"/> to this one.</summary>
    public void Merge(LatencyHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (var (index, count) in other.NonEmptyBuckets())
            Add(index, count);
        Sum = SaturatingAdd(Sum, other.Sum);
        Min = Min is { } min && other.Min is { } otherMin ? Math.Min(min, otherMin) : Min ?? other.Min;
        Max = Max is { } max && other.Max is { } otherMax ? Math.Max(max, otherMax) : Max ?? other.Max;
    }

    /// <summary>
    /// The least recorded bucket below or at which lies at least the share <paramref name="quantile"/> (0..1) of the values, as that
    /// bucket's middle, held within <see cref="Min"/> and <see cref="Max"/>; null when there is no value.
    /// </summary>
    public long? Quantile(double quantile)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(quantile);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quantile, 1);
        if (Min is not { } min || Max is not { } max)
            return null;
        var rank = Math.Max(1, (long)Math.Ceiling(quantile * Count));
        if (rank >= Count)
            return max;
        long seen = 0;
        foreach (var (index, count) in NonEmptyBuckets())
        {
            seen += count;
            if (seen >= rank)
                return Math.Clamp(MiddleOf(index), min, max);
        }
        return max;
    }

    /// <summary>How many values lie in buckets wholly above <paramref name="value"/>.</summary>
    public long CountAbove(long value)
    {
        var limit = IndexOf(Math.Max(value, 0));
        return NonEmptyBuckets().Where(bucket => bucket.Index > limit).Sum(bucket => (long)bucket.Count);
    }

    /// <summary>The buckets with a count, in ascending order of value.</summary>
    internal IEnumerable<(int Index, uint Count)> NonEmptyBuckets() => buckets.NonEmpty();

    /// <summary>Builds a histogram from its buckets and exact totals, as they came over the wire.</summary>
    /// <exception cref="FormatException">A bucket lies outside the layout, or the totals contradict the buckets.</exception>
    internal static LatencyHistogram FromBuckets(IEnumerable<(int Index, uint Count)> buckets, long sum, long min, long max)
    {
        var histogram = new LatencyHistogram();
        foreach (var (index, count) in buckets)
        {
            if (index is < 0 or >= BucketCount || count == 0)
                throw new FormatException($"histogram bucket {index} with count {count} lies outside the layout of {BucketCount} buckets");
            histogram.Add(index, count);
        }
        if (histogram.Count == 0)
            return histogram;
        var indexes = histogram.NonEmptyBuckets().Select(bucket => bucket.Index).ToList();
        if (sum < 0 || min < 0 || max < min || IndexOf(min) != indexes[0] || IndexOf(max) != indexes[^1])
            throw new FormatException($"histogram totals (sum {sum}, min {min}, max {max}) contradict its buckets");
        histogram.Sum = sum;
        histogram.Min = min;
        histogram.Max = max;
        return histogram;
    }

    private void Add(int index, uint count)
    {
        buckets.Add(index, count, BucketCount);
        Count += count;
    }

    // Values below 128 have a bucket each; above, the seven bits after the leading one choose the bucket.
    private static int IndexOf(long value)
    {
        if (value < SubBuckets)
            return (int)value;
        var shift = 63 - SubBucketBits - BitOperations.LeadingZeroCount((ulong)value);
        return ((shift + 1) << SubBucketBits) + (int)((value >> shift) & (SubBuckets - 1));
    }

    private static long MiddleOf(int index)
    {
        var page = index >> SubBucketBits;
        if (page == 0)
            return index;
        var lowest = (long)(SubBuckets + (index & (SubBuckets - 1))) << (page - 1);
        return lowest + ((1L << (page - 1)) >> 1);
    }

    private static long SaturatingAdd(long left, long right) => left > long.MaxValue - right ? long.MaxValue : left + right;
}
