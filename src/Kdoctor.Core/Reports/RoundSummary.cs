namespace Kdoctor.Core.Reports;

/// <summary>A round in brief.</summary>
public sealed record RoundSummary
{
    /// <summary>From 1.</summary>
    public required int RoundNumber { get; init; }

    /// <summary>The generation of the spec that it ran with; null where an older controller does not say.</summary>
    public long? Generation { get; init; }

    /// <summary>Whether an edit of its task ended it: then it is unknown, and none of the rounds that the task asks for.</summary>
    public bool Superseded { get; init; }

    /// <summary><c>ongoing</c>, <c>succeed</c>, <c>fail</c> or <c>unknown</c>.</summary>
    public required string Status { get; init; }

    /// <summary>One line that says why; null while the round runs.</summary>
    public string? Summary { get; init; }

    /// <summary>When it was due.</summary>
    public required DateTimeOffset DueTimeStamp { get; init; }

    /// <summary>When its agents began.</summary>
    public required DateTimeOffset StartTimeStamp { get; init; }

    /// <summary>When it ended; null while it runs.</summary>
    public DateTimeOffset? EndTimeStamp { get; init; }

    /// <summary>When it ends at the latest.</summary>
    public required DateTimeOffset DeadLineTimeStamp { get; init; }

    /// <summary>How many agents were to take part.</summary>
    public required int ExpectedAgents { get; init; }

    /// <summary>How many delivered their results in time; null while it runs.</summary>
    public int? ReportedAgents { get; init; }

    /// <summary>Names of agents whose verdict is fail, silent ones apart, at most 100.</summary>
    public IReadOnlyList<string> FailedAgents { get; init; } = [];

    /// <summary>Names of agents that said nothing, at most 100.</summary>
    public IReadOnlyList<string> SilentAgents { get; init; } = [];

    /// <summary>Requests over all agents and targets; null while it runs.</summary>
    public RequestCounts? Requests { get; init; }
}

/// <summary>Requests counted: <c>planned = sent + unsent + unreported</c>, <c>sent = succeeded + failed + cancelled</c>.</summary>
/// <param name="Planned">In the timetable.</param>
/// <param name="Sent">Begun.</param>
/// <param name="Succeeded">Answered as expected, in time.</param>
/// <param name="Failed">Not answered as expected.</param>
/// <param name="Unsent">Never begun: the agent's own fault.</param>
/// <param name="Cancelled">Under way when the round was cut short.</param>
/// <param name="Unreported">In the timetables of agents that said nothing: sent or not, nobody knows.</param>
public sealed record RequestCounts(long Planned, long Sent, long Succeeded, long Failed, long Unsent, long Cancelled, long Unreported);

/// <summary>A running round so far, as the agents last said.</summary>
/// <param name="Planned">Requests in all timetables.</param>
/// <param name="Sent">Begun so far.</param>
/// <param name="Succeeded">Succeeded so far.</param>
/// <param name="Failed">Failed so far.</param>
/// <param name="AgentsConnected">Planned agents whose stream is open.</param>
/// <param name="AgentsDone">Planned agents whose results have arrived.</param>
public sealed record RoundProgress(long Planned, long Sent, long Succeeded, long Failed, int AgentsConnected, int AgentsDone);
