namespace Kdoctor.Core.Protocol;

/// <summary>Instants as nanoseconds since 1970-01-01T00:00:00Z, at the resolution of a tick (100 ns).</summary>
internal static class WireTime
{
    private const long NanosecondsPerTick = 100;

    public static long ToUnixNanoseconds(DateTimeOffset instant) => (instant - DateTimeOffset.UnixEpoch).Ticks * NanosecondsPerTick;

    // A long of nanoseconds spans the years 1677 to 2262, all within DateTimeOffset: this never fails.
    public static DateTimeOffset FromUnixNanoseconds(long nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / NanosecondsPerTick);
}
