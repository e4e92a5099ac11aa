using Kdoctor.Core.Results;

namespace Kdoctor.Agent.Usage;

/// <summary>What the process uses from <see cref="ProcessUsage.Begin"/> to <see cref="End"/>; a round, usually.</summary>
public sealed class UsagePeriod
{
    // A window cut short at the begin or end of a period is no window: its noise would be taken for a peak.
    private const double LeastWindowSeconds = 0.5;

    private readonly ProcessUsage usage;
    private readonly UsageReading first;
    private UsageReading windowStart;
    private UsageReading last;
    private double? maxCores;
    private long? maxBytes;

    internal UsagePeriod(ProcessUsage usage, UsageReading first)
    {
        this.usage = usage;
        this.first = windowStart = last = first;
        maxBytes = first.ResidentBytes;
    }

    /// <summary>Ends the period, once; later calls say the same again.</summary>
    /// <param name="sharingAgents">How many agents live in this process, 1 or more.</param>
    public AgentUsage End(int sharingAgents)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sharingAgents, 1);
        return usage.End(this, sharingAgents);
    }

    internal void Take(in UsageReading reading, bool windowEnds)
    {
        last = reading;
        if (reading.ResidentBytes is { } bytes)
            maxBytes = Math.Max(maxBytes ?? 0, bytes);
        var seconds = (double)(reading.Timestamp - windowStart.Timestamp) / reading.Frequency;
        if (seconds >= LeastWindowSeconds && reading.CoresSince(windowStart) is { } cores)
            maxCores = Math.Max(maxCores ?? 0, cores);
        if (windowEnds)
            windowStart = reading;
    }

    // A period shorter than a window has no peak of its own but its mean, and what was busy in a window cut short may lift the mean above every peak.
    internal AgentUsage Usage(int sharingAgents)
    {
        var mean = last.CoresSince(first);
        return new AgentUsage(mean, maxCores > mean ? maxCores : mean, maxBytes, sharingAgents);
    }
}
