using System.Text.Json.Nodes;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Results;
using Kdoctor.Core.Schedules;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Verdicts;

namespace Kdoctor.Core.Reports;

/// <summary>Everything that a report is built from: the store's rows, as plain data.</summary>
public sealed record ReportSource
{
    /// <summary>Name and identity.</summary>
    public required ReportMetadata Metadata { get; init; }

    /// <summary>The task's name.</summary>
    public required string TaskName { get; init; }

    /// <summary>The task's kind.</summary>
    public required TaskKind TaskKind { get; init; }

    /// <summary>The generation of the task's present spec.</summary>
    public required long Generation { get; init; }

    /// <summary>The spec of the round that is shown in full, else the task's present one.</summary>
    public required SpecShown Spec { get; init; }

    /// <summary>Rounds asked for; null for ever.</summary>
    public required int? Rounds { get; init; }

    /// <summary>Rounds ended, without those that an edit superseded.</summary>
    public required int RoundsDone { get; init; }

    /// <summary>When the next round is due; null when there is none.</summary>
    public DateTimeOffset? NextRound { get; init; }

    /// <summary>The round that is due and waits; null when none does.</summary>
    public WaitingReport? Waiting { get; init; }

    /// <summary>Rounds in brief, newest first.</summary>
    public required IReadOnlyList<RoundSummary> History { get; init; }

    /// <summary>The newest ended round in full, or the first while it runs; null before the first.</summary>
    public LatestRound? Latest { get; init; }

    /// <summary>The latest round so far, while it runs.</summary>
    public RoundProgress? Progress { get; init; }

    /// <summary>Missed due times.</summary>
    public MissedRounds? Missed { get; init; }
}

/// <summary>A spec and its generation.</summary>
/// <param name="Generation">Which spec of the task it is.</param>
/// <param name="Text">The spec, not redacted yet.</param>
public sealed record SpecShown(long Generation, JsonObject Text);

/// <summary>A round in full.</summary>
/// <param name="Plan">Its plan.</param>
/// <param name="Expect">What it was held against.</param>
/// <param name="Verdict">What it came to; null while it runs.</param>
/// <param name="Shards">What has arrived, read once and one at a time, so that they may be decoded lazily.</param>
public sealed record LatestRound(RoundPlan Plan, Expectation Expect, RoundVerdict? Verdict, IEnumerable<AgentShard> Shards);
