using Kdoctor.Core.Planning;
using Kdoctor.Core.Verdicts;

namespace Kdoctor.Controller.Storage;

/// <summary>What lists and statuses show of a round; read without its plan, verdict or shards.</summary>
public sealed record RoundRow
{
    /// <summary>The round.</summary>
    public required RoundId Id { get; init; }

    /// <summary>The task's name.</summary>
    public required string TaskName { get; init; }

    /// <summary>The task's kind, as manifests spell it.</summary>
    public required string TaskKind { get; init; }

    /// <summary>The generation of the spec that was planned.</summary>
    public required long Generation { get; init; }

    /// <summary>When it was due.</summary>
    public required DateTimeOffset Due { get; init; }

    /// <summary>When the agents begin.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>When it ends at the latest.</summary>
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>Whether it still runs.</summary>
    public required RoundState State { get; init; }

    /// <summary>How many agents were asked.</summary>
    public required int Agents { get; init; }

    /// <summary>When it was judged; null while it runs.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>What it came to; null while it runs.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>Whether an edit of its task ended it.</summary>
    public bool Superseded { get; init; }

    /// <summary>Why, in one line; null while it runs.</summary>
    public string? Summary { get; init; }

    /// <summary>Whether only the task's status tells of it, because the store that held its plan and results is gone.</summary>
    public bool Recalled { get; init; }

    /// <summary>What its agents came to; null while it runs.</summary>
    public RoundTally? Tally { get; init; }
}
