namespace Kdoctor.Controller.Objects;

/// <summary>How long whoever follows objects waits before it lists again: longer with every failure, and never in step with others. One waits at a time.</summary>
/// <param name="random">For the jitter; shared with others, so used under its lock.</param>
internal sealed class RelistDelay(Random random)
{
    /// <summary>The least that passes between two lists: a server that ends every watch at once must not be asked in a tight loop.</summary>
    public static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>How long the next wait is, give or take half of it.</summary>
    public TimeSpan About { get; private set; } = First;

    /// <summary>Something failed: this long, and twice as long the next time.</summary>
    public TimeSpan Next()
    {
        double chance;
        lock (random)
            chance = random.NextDouble();
        var wait = About * (0.5 + chance);
        About = About * 2 < Longest ? About * 2 : Longest;
        return wait;
    }

    /// <summary>All is well again.</summary>
    public void Reset() => About = First;
}
