using CsCheck;
using HdrHistogram;
using Kdoctor.Core.Results;
using Xunit;

namespace Kdoctor.Tests.Core.Results;

public sealed class LatencyHistogramTests
{
    private static readonly double[] Quantiles = [0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1];

    // Latencies of all magnitudes: from nanoseconds to an hour.
    private static readonly Gen<long[]> Values = Gen.Select(Gen.Int[0, 41], Gen.Double[1, 2], (power, mantissa) => (long)(mantissa * Math.Pow(2, power))).Array[1, 300];

    [Fact]
    public void Quantiles_are_those_of_a_reference_histogram_within_both_precisions() => Values.Sample(values =>
    {
        var reference = new LongHistogram(1, 3_600_000_000_000 * 2, 3);
        foreach (var value in values)
            reference.RecordValue(value);
        var ours = Of(values);
        foreach (var quantile in Quantiles)
        {
            // The reference rounds to the nearest rank, ours up to the next: ask both for the same one.
            var rank = Math.Max(1, Math.Ceiling(quantile * values.Length));
            var expected = (double)reference.GetValueAtPercentile(100 * rank / values.Length);
            Assert.InRange(ours.Quantile(quantile)!.Value, (expected * (1 - 0.0055)) - 1, (expected * (1 + 0.0055)) + 1);
        }
    });

    [Fact]
    public void Quantiles_are_at_most_four_per_mille_from_the_recorded_value_of_that_rank() => Values.Sample(values =>
    {
        var sorted = values.Order().ToArray();
        var ours = Of(values);
        foreach (var quantile in Quantiles)
        {
            var exact = sorted[Math.Max(0, (int)Math.Ceiling(quantile * sorted.Length) - 1)];
            Assert.InRange(ours.Quantile(quantile)!.Value, (exact * (1 - 0.004)) - 1, (exact * (1 + 0.004)) + 1);
        }
        Assert.Equal((sorted[0], sorted[^1], sorted.Sum(), (long)sorted.Length), (ours.Min, ours.Max, ours.Sum, ours.Count));
    });

    [Fact]
    public void Merging_is_exact_associative_and_commutative_with_an_identity() => Gen.Select(Values, Values, Values).Sample((a, b, c) =>
    {
        var whole = Of([.. a, .. b, .. c]);
        AssertSame(whole, Merged(Merged(Of(a), Of(b)), Of(c)));
        AssertSame(whole, Merged(Of(a), Merged(Of(b), Of(c))));
        AssertSame(whole, Merged(Merged(Of(c), Of(b)), Of(a)));
        AssertSame(Of(a), Merged(Of(a), new LatencyHistogram()));
        AssertSame(Of(a), Merged(new LatencyHistogram(), Of(a)));
    });

    [Fact]
    public void What_travelled_as_buckets_is_the_same() => Values.Sample(values =>
    {
        var ours = Of(values);
        AssertSame(ours, LatencyHistogram.FromBuckets(ours.NonEmptyBuckets(), ours.Sum, ours.Min!.Value, ours.Max!.Value));
    });

    [Fact]
    public void Counting_above_a_value_agrees_with_the_values() => Gen.Select(Values, Gen.Long[0, 1L << 42]).Sample((values, limit) =>
        Assert.InRange(Of(values).CountAbove(limit), values.LongCount(value => value > limit * 1.01), values.LongCount(value => value > limit)));

    [Fact]
    public void An_empty_histogram_knows_nothing()
    {
        var empty = new LatencyHistogram();
        Assert.Equal((0L, null, null, null, null), (empty.Count, empty.Min, empty.Max, empty.Mean, empty.Quantile(0.5)));
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(127L)]
    [InlineData(128L)]
    [InlineData(long.MaxValue)]
    public void The_ends_of_the_range_are_kept_exactly(long value)
    {
        var histogram = Of([value]);
        Assert.Equal((value, value, value), (histogram.Min, histogram.Max, histogram.Quantile(0.5)));
        histogram.Record(value);
        Assert.True(histogram.Sum >= value);
    }

    [Fact]
    public void Buckets_that_contradict_their_totals_are_refused()
    {
        Assert.Throws<FormatException>(() => LatencyHistogram.FromBuckets([(-1, 1)], 0, 0, 0));
        Assert.Throws<FormatException>(() => LatencyHistogram.FromBuckets([(LatencyHistogram.BucketCount, 1)], 0, 0, 0));
        Assert.Throws<FormatException>(() => LatencyHistogram.FromBuckets([(3, 0)], 0, 0, 0));
        Assert.Throws<FormatException>(() => LatencyHistogram.FromBuckets([(3, 1)], 3, 2, 3));
        Assert.Throws<FormatException>(() => LatencyHistogram.FromBuckets([(3, 1)], -1, 3, 3));
    }

    private static LatencyHistogram Of(long[] values)
    {
        var histogram = new LatencyHistogram();
        foreach (var value in values)
            histogram.Record(value);
        return histogram;
    }

    private static LatencyHistogram Merged(LatencyHistogram left, LatencyHistogram right)
    {
        left.Merge(right);
        return left;
    }

    private static void AssertSame(LatencyHistogram expected, LatencyHistogram actual)
    {
        Assert.Equal((expected.Count, expected.Sum, expected.Min, expected.Max), (actual.Count, actual.Sum, actual.Min, actual.Max));
        Assert.Equal(expected.NonEmptyBuckets(), actual.NonEmptyBuckets());
    }
}
