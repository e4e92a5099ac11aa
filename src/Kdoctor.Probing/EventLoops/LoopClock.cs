namespace Kdoctor.Probing.EventLoops;

/// <summary>A clock's timestamps as nanoseconds, whatever its frequency.</summary>
internal readonly struct LoopClock(TimeProvider time)
{
    private const long PerSecond = 1_000_000_000;
    private readonly long frequency = time.TimestampFrequency;

    internal long NowNs
    {
        get
        {
            var timestamp = time.GetTimestamp();
            return frequency == PerSecond ? timestamp : (long)((Int128)timestamp * PerSecond / frequency);
        }
    }
}
