namespace Kdoctor.Core.Schedules;

/// <summary>What is known of a task's rounds.</summary>
/// <param name="LastNumber">The number of the newest round that was started; 0 before the first.</param>
/// <param name="LastDue">The due time of that round; null before the first.</param>
/// <param name="Running">Whether that round has not ended yet.</param>
public sealed record StartedRounds(int LastNumber, DateTimeOffset? LastDue, bool Running)
{
    /// <summary>No round was started yet.</summary>
    public static StartedRounds None { get; } = new(0, null, false);

    /// <summary>How many rounds an edit of the task superseded, the one that ran or all of a task that was finished; they are none of those that the task asks for.</summary>
    public int Superseded { get; init; }

    /// <summary>When that last was: the schedule counts from there. Null for the task's creation.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Whether the newest round was superseded while it ran: what follows it is a first round.</summary>
    public bool LastSuperseded { get; init; }

    /// <summary>The due time of a round that was held back, though in time: it may begin until the next due time comes. Null when none is.</summary>
    public DateTimeOffset? Held { get; init; }

    /// <summary>How many of the started rounds the task asked for.</summary>
    public int Counted => LastNumber - Superseded;

    /// <summary>Whether the next round is the first of the task, or of a spec that it was edited to: one that may start late.</summary>
    public bool NextIsFirst => LastSuperseded || Counted == 0;
}
