using System.Globalization;
using Kdoctor.Core.Results;
using Xunit;

namespace Kdoctor.Tests.Core.Results;

public sealed class TargetShardTests
{
    private static readonly Failure Refused = new(FailureStage.Connect, FailureCause.Refused);

    [Fact]
    public void Failures_are_all_counted_and_the_first_few_sampled()
    {
        var shard = new TargetShard { Target = 0 };
        for (var number = 0; number < 20; number++)
            shard.Fail(new FailureSample(default, Refused, number.ToString(CultureInfo.InvariantCulture), default));
        shard.CountFailure(Refused);
        Assert.Equal((21L, 21L, TargetShard.MaxSamples), (shard.Failed, shard.Failures[Refused], shard.Samples.Count));
        Assert.Equal("0", shard.Samples[0].Text);
    }

    [Fact]
    public void Keys_beyond_the_bound_are_counted_together_and_none_is_lost()
    {
        var shard = new TargetShard { Target = 0 };
        for (var round = 0; round < 2; round++)
        {
            for (var number = 1; number <= TargetShard.MaxKeys + 10; number++)
            {
                shard.CountStatus(number);
                shard.CountBackend(number.ToString(CultureInfo.InvariantCulture));
            }
        }
        Assert.Equal((2L, 20L), (shard.Statuses[1], shard.Statuses[0]));
        Assert.Equal((2L, 20L), (shard.Backends["1"], shard.Backends["(others)"]));
        Assert.Equal(2 * (TargetShard.MaxKeys + 10), shard.Backends.Values.Sum());
    }
}
