namespace Kdoctor.Core.Results;

/// <summary>All that one agent has to say about one round.</summary>
public sealed record AgentShard
{
    /// <summary>The round: task uid and number, as <see cref="Planning.RoundId.ToString"/> spells it.</summary>
    public required string RoundId { get; init; }

    /// <summary>The agent's identity.</summary>
    public required string AgentId { get; init; }

    /// <summary>When the agent began its timetable, by its own clock.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When its last request ended, by its own clock.</summary>
    public required DateTimeOffset Ended { get; init; }

    /// <summary>What the agent's process used meanwhile.</summary>
    public required AgentUsage Usage { get; init; }

    /// <summary>Nanoseconds by which requests were sent after their intended start: the agent's own lateness.</summary>
    public required LatencyHistogram Lateness { get; init; }

    /// <summary>Why the round ended early on this agent; null when it ran its whole timetable.</summary>
    public string? CutShort { get; init; }

    /// <summary>
    /// The greatest load that the agent was asked for while the round ran, in requests per second over all its rounds, by kind of task;
    /// this round's own included.
    /// </summary>
    public IReadOnlyDictionary<string, double> PeakLoad { get; init; } = new Dictionary<string, double>();

    /// <summary>One per target of the assignment, in ascending order of <see cref="TargetShard.Target"/>.</summary>
    public required IReadOnlyList<TargetShard> Targets { get; init; }
}
