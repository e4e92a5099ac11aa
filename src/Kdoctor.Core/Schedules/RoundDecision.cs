namespace Kdoctor.Core.Schedules;

/// <summary>What is known of a task's rounds.</summary>
/// <param name="LastNumber">The number of the newest round that was started; 0 before the first.</param>
/// <param name="LastDue">The due time of that round; null before the first.</param>
/// <param name="Running">Whether that round has not ended yet.</param>
public sealed record RoundProgress(int LastNumber, DateTimeOffset? LastDue, bool Running)
{
    /// <summary>No round was started yet.</summary>
    public static RoundProgress None { get; } = new(0, null, false);
}

/// <summary>Due times that passed without a round.</summary>
/// <param name="Count">How many, counted up to <see cref="RoundSchedule.MaxCount"/>; at least 1.</param>
/// <param name="Since">The oldest of them.</param>
public sealed record MissedRounds(int Count, DateTimeOffset Since);

/// <summary>What to do with a task now.</summary>
public abstract record RoundDecision;

/// <summary>Nothing to start yet: decide again then, or when the running round ends.</summary>
/// <param name="Until">Always after the instant of the decision.</param>
/// <param name="Missed">Missed since the last started round, so far; told again, in full, by the start that follows. Null for none.</param>
public sealed record WaitDecision(DateTimeOffset Until, MissedRounds? Missed) : RoundDecision;

/// <summary>Start a round now.</summary>
/// <param name="Number">One more than the last started.</param>
/// <param name="Due">Its due time, not after the instant of the decision. Only the only round of a task may start so late that its time to run counts from its start.</param>
/// <param name="Missed">Due times between the last started round's and this one's; null for none.</param>
public sealed record StartDecision(int Number, DateTimeOffset Due, MissedRounds? Missed) : RoundDecision;

/// <summary>No further round will start; the last may still run.</summary>
public sealed record FinishedDecision : RoundDecision;
