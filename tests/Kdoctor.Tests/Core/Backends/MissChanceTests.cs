using CsCheck;
using Kdoctor.Core.Backends;
using Xunit;

namespace Kdoctor.Tests.Core.Backends;

/// <summary>The arithmetic of a miss.</summary>
public sealed class MissChanceTests
{
    private static readonly Gen<(int Backends, int Answered, int Failed)> Rounds = Gen.Select(Gen.Int[2, 40], Gen.Int[1, 200], Gen.Int[0, 60]);

    [Theory]
    [InlineData(3, 10, 0.0520245)]
    [InlineData(3, 100, 7.3789e-18)]
    [InlineData(100, 100, 1.0)]
    public void Without_failures_it_is_the_coupon_collectors(int backends, long answered, double chance) =>
        Assert.Equal(chance, Math.Pow(10, MissChance.Log10(backends, answered, 0, 1)), chance * 1e-4);

    [Fact]
    public void It_is_never_below_the_exact_chance() => Rounds.Sample(round =>
    {
        var bound = Math.Pow(10, MissChance.Log10(round.Backends, round.Answered, round.Failed, 1));
        var exact = Math.Min(1, round.Backends * AtMost(round.Failed, round.Answered + round.Failed, 1.0 / round.Backends));
        Assert.True(bound >= exact * (1 - 1e-9), $"{bound} < {exact}");
    }, iter: 2_000);

    [Fact]
    public void More_answers_make_it_less_and_more_failures_backends_or_questions_make_it_more() => Rounds.Sample(round =>
    {
        var (backends, answered, failed) = round;
        var chance = MissChance.Log10(backends, answered, failed, 5);
        Assert.True(MissChance.Log10(backends, answered + 1, failed, 5) <= chance);
        Assert.True(MissChance.Log10(backends, answered, failed + 1, 5) >= chance);
        Assert.True(MissChance.Log10(backends + 1, answered, failed, 5) >= chance);
        Assert.True(MissChance.Log10(backends, answered, failed, 6) >= chance);
        Assert.True(chance <= 0);
    }, iter: 2_000);

    [Theory]
    [InlineData(1, 1000, 0)]
    [InlineData(3, 0, 100)]
    [InlineData(3, 200, 100)]
    public void Nothing_is_said_without_others_without_answers_and_where_its_whole_share_failed(int backends, long answered, long failed) =>
        Assert.Equal(0, MissChance.Log10(backends, answered, failed, 1));

    // P(X <= k) of a binomial, term by term.
    private static double AtMost(int k, int n, double p)
    {
        var (term, sum) = (Math.Pow(1 - p, n), 0.0);
        for (var i = 0; i <= k; i++)
        {
            sum += term;
            term *= (double)(n - i) / (i + 1) * p / (1 - p);
        }
        return sum;
    }
}
