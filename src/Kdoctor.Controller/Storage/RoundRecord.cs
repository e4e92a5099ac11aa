using System.Text.Json.Nodes;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Tasks;
using Kdoctor.Core.Verdicts;

namespace Kdoctor.Controller.Storage;

/// <summary>Whether a round still runs.</summary>
public enum RoundState
{
    /// <summary>Recorded; results are awaited.</summary>
    Ongoing = 1,

    /// <summary>Judged; only late shards can still be added.</summary>
    Ended = 2,
}

/// <summary>A round as the store keeps it, without its shards.</summary>
public sealed record RoundRecord
{
    /// <summary>What was planned.</summary>
    public required RoundPlan Plan { get; init; }

    /// <summary>What the task expected when the round was planned.</summary>
    public required Expectation Expect { get; init; }

    /// <summary>The task's spec when the round was planned.</summary>
    public required JsonObject Spec { get; init; }

    /// <summary>Whether it still runs.</summary>
    public RoundState State { get; init; } = RoundState.Ongoing;

    /// <summary>What it came to; null while it runs.</summary>
    public RoundVerdict? Verdict { get; init; }
}
