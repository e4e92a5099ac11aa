namespace Kdoctor.Core.Schedules;

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
