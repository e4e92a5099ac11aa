using Kdoctor.Core.Results;

namespace Kdoctor.Agent.Usage;

/// <summary>
/// Samples this process's processor time and resident memory once a second, and says what a period used. One per process; agents that share
/// it say so in <see cref="AgentUsage.SharingAgents"/>. Safe to use from every thread.
/// </summary>
public sealed class ProcessUsage : IDisposable
{
    /// <summary>The window of the greatest processor use.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly IUsageSource source;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly HashSet<UsagePeriod> periods = [];
    private readonly ITimer timer;

    /// <summary>Begins to sample this process.</summary>
    public ProcessUsage(TimeProvider time)
        : this(time, new OwnProcess())
    {
    }

    internal ProcessUsage(TimeProvider time, IUsageSource source)
    {
        this.time = time;
        this.source = source;
        timer = time.CreateTimer(_ => Sample(), null, Window, Window);
    }

    /// <summary>Begins a period; it costs a sample a second until it is ended.</summary>
    public UsagePeriod Begin()
    {
        var period = new UsagePeriod(this, Read());
        lock (gate)
            periods.Add(period);
        return period;
    }

    /// <summary>Stops sampling.</summary>
    public void Dispose() => timer.Dispose();

    internal AgentUsage End(UsagePeriod period, int sharingAgents)
    {
        lock (gate)
        {
            if (periods.Remove(period))
                period.Take(Read(), windowEnds: false);
            return period.Usage(sharingAgents);
        }
    }

    private void Sample()
    {
        lock (gate)
        {
            if (periods.Count == 0)
                return;
            var reading = Read();
            foreach (var period in periods)
                period.Take(reading, windowEnds: true);
        }
    }

    private UsageReading Read() => new(time.GetTimestamp(), time.TimestampFrequency, source.CpuTime(), source.ResidentBytes());
}

/// <summary>One look at the process.</summary>
internal readonly record struct UsageReading(long Timestamp, long Frequency, TimeSpan? Cpu, long? ResidentBytes)
{
    /// <summary>Mean use since an earlier reading, in cores; null when either lacks its processor time or no time passed.</summary>
    internal double? CoresSince(in UsageReading earlier)
    {
        var seconds = (double)(Timestamp - earlier.Timestamp) / Frequency;
        return seconds > 0 && Cpu is { } now && earlier.Cpu is { } before ? (now - before).TotalSeconds / seconds : null;
    }
}
