namespace Kdoctor.Core.Backends;

/// <summary>
/// How likely it is that a backend which requests are spread to like to all others gave none of the answers: the coupon collector's question. Each request
/// is one pick among the backends, so one backend gets a given pick with probability 1/m; those that failed may all have been its own. With X picks of
/// it among N, P(X &lt;= failed) &lt;= exp(-N D(failed/N || 1/m)), where D is the relative entropy (W. Hoeffding, "Probability inequalities for sums of
/// bounded random variables", 1963, theorem 1). Without failures that is (1 - 1/m)^N, exactly. The union over all backends, and over all questions of
/// a round, multiplies it. Turns that are taken instead of picks leave nobody
/// out over all askers. One asker may then always get the same few, for askers that keep their own time take their turns in the same order: see <see cref="IsByPicks"/>.
/// </summary>
public static class MissChance
{
    /// <summary>Below this a miss is no chance: one round of a million may be blamed wrongly.</summary>
    public const double Improbable = -6;

    /// <summary>The common logarithm of an upper bound of the chance, at most 0; 0 where nothing can be said.</summary>
    /// <param name="backends">The most backends that there may be.</param>
    /// <param name="answered">Picks that another backend answered.</param>
    /// <param name="failed">Picks that nobody answered.</param>
    /// <param name="questions">How many times the round asks this.</param>
    public static double Log10(int backends, long answered, long failed, long questions)
    {
        if (backends < 2 || answered <= 0 || failed < 0 || questions < 1)
            return 0;
        var picks = (double)answered + failed;
        var (share, fair) = (failed / picks, 1.0 / backends);
        if (share >= fair)
            return 0;
        var entropy = (share > 0 ? share * Math.Log(share / fair) : 0) + ((1 - share) * Math.Log((1 - share) / (1 - fair)));
        return Math.Min(0, (Math.Log(questions) + Math.Log(backends) - (picks * entropy)) / Math.Log(10));
    }

    /// <summary>
    /// Whether answers may have come by picks among the backends that gave them: none of them gave fewer than picks would leave it. Otherwise something chooses, and
    /// nothing can be said of a backend that is not among them.
    /// </summary>
    /// <param name="answers">How many each backend gave.</param>
    /// <param name="questions">How many times the round asks this.</param>
    public static bool IsByPicks(IReadOnlyCollection<long> answers, long questions)
    {
        var all = answers.Sum();
        return answers.All(one => Log10(answers.Count, all - one, one, questions) > Improbable);
    }

    /// <summary>A chance in words.</summary>
    public static string Words(double log10) => FormattableString.Invariant($"by chance that happens in fewer than one of 10^{Math.Floor(Math.Min(-log10, 999)):0} rounds");
}
