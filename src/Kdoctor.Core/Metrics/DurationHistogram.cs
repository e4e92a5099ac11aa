using System.Collections.Immutable;

namespace Kdoctor.Core.Metrics;

/// <summary>How long something took, counted by size. Safe to use from every thread.</summary>
public sealed class DurationHistogram
{
    private readonly long[] counts = new long[Bounds.Length + 1];
    private long ticks;

    /// <summary>The upper bounds of the buckets, in seconds; one more has no bound.</summary>
    public static ImmutableArray<double> Bounds { get; } = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    /// <summary>Counts per bucket, each without those below, and the sum of all in seconds.</summary>
    public (ImmutableArray<long> Counts, double Seconds) Now => ([.. counts.Select((_, index) => Volatile.Read(ref counts[index]))], new TimeSpan(Volatile.Read(ref ticks)).TotalSeconds);

    /// <summary>Counts one.</summary>
    public void Observe(TimeSpan took)
    {
        var index = 0;
        while (index < Bounds.Length && took.TotalSeconds > Bounds[index])
            index++;
        Interlocked.Increment(ref counts[index]);
        Interlocked.Add(ref ticks, took.Ticks);
    }
}
