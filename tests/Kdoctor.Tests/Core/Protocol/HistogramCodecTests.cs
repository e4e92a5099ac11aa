using Google.Protobuf;
using Kdoctor.Core.Protocol;
using Kdoctor.Core.Results;
using Kdoctor.TestKit.Fuzzing;
using Xunit;

namespace Kdoctor.Tests.Core.Protocol;

public sealed class HistogramCodecTests
{
    // A shard's mutations seldom reach its histograms.
    [Fact]
    public void Mutated_histograms_are_sound_or_refused()
    {
        var corpus = new[] { [0L], [1, 2, 3], [127, 128, 1_000_000, 1_000_001, long.MaxValue], Enumerable.Range(0, 300).Select(value => value * 70_000L).ToArray() }
            .Select(values => HistogramCodec.Encode(Of(values)).ToByteArray()).ToList();
        var taken = 0;
        foreach (var round in FuzzRounds.Of(10_000))
        {
            var bytes = Mutation.Of(corpus, new Random(round));
            try
            {
                var histogram = HistogramCodec.Decode(HistogramMessage.Parser.ParseFrom(bytes));
                Assert.Equal(histogram.Count, histogram.NonEmptyBuckets().Sum(bucket => (long)bucket.Count));
                Assert.True(histogram.Count == 0 || histogram.Min <= histogram.Quantile(0.5) && histogram.Quantile(0.5) <= histogram.Max, Convert.ToHexString(bytes));
                Assert.Equal(HistogramCodec.Encode(histogram), HistogramCodec.Encode(HistogramCodec.Decode(HistogramCodec.Encode(histogram))));
                taken++;
            }
            catch (Exception refusal) when (refusal is FormatException or InvalidProtocolBufferException)
            {
                // The one other way that it may end.
            }
        }
        Assert.True(taken > 100, $"{taken} taken: the mutations break everything");
    }

    private static LatencyHistogram Of(IEnumerable<long> values)
    {
        var histogram = new LatencyHistogram();
        foreach (var value in values)
            histogram.Record(value);
        return histogram;
    }
}
