using Google.Protobuf;
using Kdoctor.Core.Protocol;
using Kdoctor.Core.Results;
using Xunit;

namespace Kdoctor.TestKit.Fuzzing.Targets;

/// <summary>A histogram of a shard, to which changes of the whole shard seldom reach: a sound one, or a refusal.</summary>
public static class Histograms
{
    public static FuzzTarget Target { get; } = new("histogram", Takes, () =>
        new[] { [0L], [1, 2, 3], [127, 128, 1_000_000, 1_000_001, long.MaxValue], Enumerable.Range(0, 300).Select(value => value * 70_000L).ToArray() }
            .Select(values => HistogramCodec.Encode(Of(values)).ToByteArray()));

    private static bool Takes(byte[] bytes) => FuzzTarget.IsTaken(
        () =>
        {
            var histogram = HistogramCodec.Decode(HistogramMessage.Parser.ParseFrom(bytes));
            Assert.Equal(histogram.Count, histogram.NonEmptyBuckets().Sum(bucket => (long)bucket.Count));
            Assert.True(histogram.Count == 0 || (histogram.Min <= histogram.Quantile(0.5) && histogram.Quantile(0.5) <= histogram.Max), "the median is outside of the extremes");
            Assert.Equal(HistogramCodec.Encode(histogram), HistogramCodec.Encode(HistogramCodec.Decode(HistogramCodec.Encode(histogram))));
        },
        refusal => refusal is FormatException or InvalidProtocolBufferException);

    private static LatencyHistogram Of(IEnumerable<long> values)
    {
        var histogram = new LatencyHistogram();
        foreach (var value in values)
            histogram.Record(value);
        return histogram;
    }
}
