using System.Collections.Immutable;
using Kdoctor.Core.Results;

namespace Kdoctor.Probing.Load;

/// <summary>All that a run found.</summary>
public sealed record LoadResult
{
    /// <summary>The start of the timetable.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When the last request ended, or the run was cut short.</summary>
    public required DateTimeOffset Ended { get; init; }

    /// <summary>Nanoseconds from the intended to the actual start, of every request sent: the agent's own lateness.</summary>
    public required LatencyHistogram Lateness { get; init; }

    /// <summary>Why the run ended early; null when it ran its whole timetable.</summary>
    public string? CutShort { get; init; }

    /// <summary>One per target of the assignment, in ascending order of <see cref="TargetShard.Target"/>.</summary>
    public required ImmutableArray<TargetShard> Targets { get; init; }
}

/// <summary>How far a run has come.</summary>
/// <param name="Planned">Requests in the timetable.</param>
/// <param name="Sent">Requests begun.</param>
/// <param name="Succeeded">Requests that succeeded.</param>
/// <param name="Failed">Requests that failed.</param>
public readonly record struct LoadProgress(long Planned, long Sent, long Succeeded, long Failed);
