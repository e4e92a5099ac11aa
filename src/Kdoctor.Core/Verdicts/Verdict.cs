using System.Collections.Immutable;

namespace Kdoctor.Core.Verdicts;

/// <summary>What a round, an agent or a target came to.</summary>
public enum Verdict
{
    /// <summary>Every expectation was tested and met.</summary>
    Succeed = 1,

    /// <summary>At least one expectation was tested and not met.</summary>
    Fail = 2,

    /// <summary>Not enough evidence for either: nothing was sent, not all was sent, or the prober itself was at fault.</summary>
    Unknown = 3,
}

/// <summary>What one agent found at one target, with the numbers behind it.</summary>
/// <param name="Target">The target's place in the plan.</param>
/// <param name="Verdict">What it came to.</param>
/// <param name="Reasons">Every expectation that was not met or not tested, each with both numbers; empty on success.</param>
public sealed record TargetVerdict(int Target, Verdict Verdict, ImmutableArray<string> Reasons)
{
    /// <summary>Whether it fails for its mean delay.</summary>
    public bool TooSlow { get; init; }
}

/// <summary>How an agent took part in a round.</summary>
public enum AgentState
{
    /// <summary>Its shard arrived before the round ended.</summary>
    Reported = 1,

    /// <summary>Nothing arrived before the round ended: never counted as healthy.</summary>
    Silent = 2,
}

/// <summary>What one agent's part of a round came to.</summary>
public sealed record AgentVerdict
{
    /// <summary>The agent.</summary>
    public required string AgentId { get; init; }

    /// <summary>Whether it reported.</summary>
    public required AgentState State { get; init; }

    /// <summary>What its targets came to; a silent agent fails, unless its pod was deleted, or just being replaced or started when the round began.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Why it is not <see cref="Verdict.Succeed"/>; empty when it is.</summary>
    public required ImmutableArray<string> Reasons { get; init; }

    /// <summary>Whether a target of its failed for its mean delay.</summary>
    public bool TooSlow { get; init; }

    /// <summary>Why the agent itself could not keep its timetable; null when it could.</summary>
    public string? Overload { get; init; }
}

/// <summary>What a whole round came to.</summary>
public sealed record RoundVerdict
{
    /// <summary>The word.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>One line that says why, for people; never empty.</summary>
    public required string Summary { get; init; }

    /// <summary>One per planned agent, in the plan's order.</summary>
    public required ImmutableArray<AgentVerdict> Agents { get; init; }

    /// <summary>The counts over all agents and targets.</summary>
    public required RequestTotals Totals { get; init; }

    /// <summary>What became of the agents meanwhile: with it the round is judged again, target by target, whenever its report is read.</summary>
    public Aftermath Aftermath { get; init; } = Aftermath.None;
}

/// <summary>
/// Requests counted over many targets: <c>Planned = Sent + Unsent + Unreported</c>, <c>Sent = Succeeded + Failed + Cancelled</c>. What agents were to send
/// that said nothing is unreported: it may have been sent or not.
/// </summary>
public sealed record RequestTotals(long Planned, long Sent, long Succeeded, long Failed, long Unsent, long Cancelled, long Unreported = 0)
{
    /// <summary>The identity of <see cref="Plus"/>.</summary>
    public static RequestTotals Zero { get; } = new(0, 0, 0, 0, 0, 0);

    /// <summary>The sum of both, count by count.</summary>
    public RequestTotals Plus(RequestTotals other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new(Planned + other.Planned, Sent + other.Sent, Succeeded + other.Succeeded,
            Failed + other.Failed, Unsent + other.Unsent, Cancelled + other.Cancelled, Unreported + other.Unreported);
    }
}
