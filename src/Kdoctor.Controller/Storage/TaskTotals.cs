using Kdoctor.Core.Schedules;

namespace Kdoctor.Controller.Storage;

/// <summary>What is counted of a task over its whole life.</summary>
public sealed record TaskTotals
{
    /// <summary>Nothing has happened yet.</summary>
    public static TaskTotals None { get; } = new();

    /// <summary>How many rounds have ended, without those that were superseded.</summary>
    public int Done { get; init; }

    /// <summary>How many rounds an edit of the task superseded: the one that ran, or all of a task that was finished.</summary>
    public int Superseded { get; init; }

    /// <summary>When that last was; null for never.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The due times that passed without a round; null when none did.</summary>
    public MissedRounds? Missed { get; init; }

    /// <summary>What the clock must know to decide on the next round.</summary>
    /// <param name="last">The task's newest round; null before the first.</param>
    public StartedRounds Started(RoundRow? last) => last is null
        ? StartedRounds.None
        : new StartedRounds(last.Id.Number, last.Due, last.State == RoundState.Ongoing) { Superseded = Superseded, Since = Since, LastSuperseded = last.Superseded };
}
