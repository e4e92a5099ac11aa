namespace Kdoctor.Agent.Dialling;

/// <summary>
/// Delays between attempts: doubling from 250 ms up to 2 s, each between half and one and a half times of that by chance, so that many agents do not
/// come back in step. A controller that takes over waits 15 s for the agents of the rounds that it finds running, and a new one for its agents before
/// it begins a round.
/// </summary>
internal sealed class Backoff(Random random)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private TimeSpan next = First;

    public TimeSpan Next()
    {
        var delay = next * (0.5 + random.NextDouble());
        next = next * 2 < Longest ? next * 2 : Longest;
        return delay;
    }

    public void Reset() => next = First;
}
