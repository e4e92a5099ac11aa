using Kdoctor.TestKit.Fuzzing;
using Xunit;

namespace Kdoctor.Tests.Fuzzing;

/// <summary>
/// What every decoder of foreign bytes promises: held against the inputs that coverage-guided runs kept (eng/fuzz.sh makes such runs), and against seeded
/// mutations of them. <c>KDOCTOR_FUZZ_SECONDS</c> makes the short run a long one.
/// </summary>
public sealed class FuzzTargetTests
{
    private const int ShortRun = 3000;

    public static TheoryData<string> Names => [.. FuzzTargets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_was_kept_breaks_no_promise(string name)
    {
        var target = FuzzTargets.Find(name)!;
        var corpus = FuzzCorpus.Of(target);
        Assert.NotEmpty(corpus);
        foreach (var input in corpus)
            Take(target, input);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Sound_bytes_are_taken(string name)
    {
        var target = FuzzTargets.Find(name)!;
        Assert.Contains(target.Seeds(), seed => Take(target, seed));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Mutations_are_taken_or_refused_and_break_no_promise(string name)
    {
        var target = FuzzTargets.Find(name)!;
        byte[][] inputs = [.. target.Seeds(), .. FuzzCorpus.Of(target)];
        var (taken, refused) = (0, 0);
        foreach (var round in FuzzRounds.Of(ShortRun))
        {
            if (Take(target, Mutation.Of(inputs, new Random(round))))
                taken++;
            else
                refused++;
        }
        Assert.True(taken > 0 && refused > ShortRun / 100, $"{taken} taken, {refused} refused: the mutations no longer bite");
    }

    private static bool Take(FuzzTarget target, byte[] input)
    {
        try
        {
            return target.Takes(input);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"{target.Name}: {Convert.ToBase64String(input)}", exception);
        }
    }
}
