using CsCheck;
using Kdoctor.Core.Results;
using Xunit;

namespace Kdoctor.Tests.Core.Results;

/// <summary>Counts stay what they are while the list of buckets becomes pages, and pages become wider.</summary>
public sealed class BucketCountsTests
{
    private const int BucketCount = 57 << 7;

    [Theory]
    [InlineData(2_000, 3_000)]
    [InlineData(30, 20_000)]
    [InlineData(60, 20_000)]
    public void Every_add_is_counted_in_lists_and_in_narrow_and_wide_pages(int buckets, int adds) =>
        Gen.Select(Gen.Int[0, buckets - 1], Gen.UInt[1, 3]).Array[adds].Sample(
            all =>
            {
                var counts = default(BucketCounts);
                var expected = new SortedDictionary<int, uint>();
                foreach (var (bucket, count) in all)
                {
                    // Apart, so that they lie in many pages.
                    var index = bucket * 3;
                    counts.Add(index, count, BucketCount);
                    expected[index] = expected.GetValueOrDefault(index) + count;
                }
                Assert.Equal(expected.Select(pair => (pair.Key, pair.Value)), counts.NonEmpty());
            },
            iter: 10);

    [Theory]
    [InlineData(1)]
    [InlineData(400)]
    public void A_count_stays_at_its_greatest_value_rather_than_wrap(int buckets)
    {
        var counts = default(BucketCounts);
        for (var index = 0; index < buckets; index++)
            counts.Add(index, uint.MaxValue, BucketCount);
        counts.Add(0, 2, BucketCount);
        Assert.Equal((0, uint.MaxValue), counts.NonEmpty().First());
    }
}
